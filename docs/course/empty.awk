# Empties functions of a C file: what stands between the braces of each becomes a comment and, where
# it returns something, the value that means refused.
#
#     awk -v names='FUNCTION[=VALUE] …' -v note='what the comment says' -f empty.awk FILE.c
#
# It prints the file. A function without =VALUE returns (TYPE){0}: zero of every status means
# refused. It exits 1, and says so, where the file has no such function. A function starts and ends
# in column 0: its type and name, its braces.

BEGIN {
    count = split(names, words, " ")
    for (i = 1; i <= count; i++) {
        split(words[i], pair, "=")
        wanted[pair[1]] = words[i]
    }
}

# The name of the function whose head starts in this line.
/^[a-z].*\(/ && !inside {
    name = substr($0, 1, index($0, "(") - 1)
    type = name
    sub(/^.*[ *]/, "", name)
    type = substr(type, 1, length(type) - length(name))
    sub(/^static /, "", type)
    sub(/ $/, "", type)
}

inside && /^}/ { inside = 0 }
inside { next }
{ print }

/;$/ { name = "" } # it was declared, or called

/^\{/ && name in wanted {
    inside = 1
    value = wanted[name]
    if (!sub(/^[^=]*=/, "", value)) value = type == "void" ? "" : "(" type "){0}"
    if (note != "") print "    /* " note " */"
    if (value != "") print "    return " value ";"
    delete wanted[name]
}
/^[{}]/ { name = "" }

END {
    for (name in wanted) {
        printf "%s: there is no function %s\n", FILENAME, name > "/dev/stderr"
        missing = 1
    }
    exit missing
}
