# The rule that a test is about: the sections named in the comment before it or in its lines; else
# those that the file names first.
#
#     awk -v test=test_name -f rule.awk tests/LAYER/test_NAME.c

function sections(line,    found, one) {
    while (match(line, /RFC [0-9]+( §[0-9.]*[0-9])?/)) {
        one = substr(line, RSTART, RLENGTH)
        found = found (found == "" ? "" : ", ") one
        line = substr(line, RSTART + RLENGTH)
    }
    return found
}

/^$/ { comment = "" }
/^\/\*/ { comment = ""; in_comment = 1 }
in_comment { comment = comment " " $0 }
/\*\/$/ { in_comment = 0 }
first == "" { first = sections($0) }
index($0, "static void " test "(") == 1 { rule = sections(comment); inside = 1 }
inside && rule == "" { rule = sections($0) }
/^}/ { inside = 0 }
END { print rule != "" ? rule : first }
