# Puts one function of a C file back, from its name to its last brace; the comment before it stays.
#
#     awk -v name=FUNCTION -v stood=FILE -f restore.awk FILE.c
#
# stood has the function as function.awk prints it. It exits 1 where the file has no such function.

# is_head LINE: does the function start here?
function is_head(line) {
    if (line !~ /^[a-z].*\(/ || line ~ /;$/) return 0
    line = substr(line, 1, index(line, "(") - 1)
    sub(/^.*[ *]/, "", line)
    return line == name
}

!inside && is_head($0) {
    inside = found = 1
    while ((getline line < stood) > 0) if (at = at || is_head(line)) print line
}
!inside { print }
/^}/ { inside = 0 }
END { exit !found }
