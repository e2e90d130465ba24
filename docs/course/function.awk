# Prints functions of a C file, each with the comment before it.
#
#     awk -v names='FUNCTION …' -f function.awk FILE.c

BEGIN {
    count = split(names, words, " ")
    for (i = 1; i <= count; i++) wanted[words[i]] = 1
}

/^\/\*/ && !inside { comment = "" }
/^[a-z].*\(/ && !inside {
    name = substr($0, 1, index($0, "(") - 1)
    sub(/^.*[ *]/, "", name)
}
{ text = text $0 "\n" }
/^\{/ { inside = 1 }
/^}/ || (/;$/ && !inside) || (/^$/ && !inside) || /^#/ {
    if (inside && name in wanted) printf "%s", text
    text = name = ""
    inside = 0
}
