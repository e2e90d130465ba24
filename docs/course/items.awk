# items.awk: reads C and .def files ahead of pages, and keeps what stands at their top level.
# An item is a function, a type, a table, a declaration or a macro, with the comment before it.
# Its text is lines first[i]..last[i] of file[i]; begins[i] is the first line after the comment.
# named[NAME] lists the items of a name: of an enum without one, the items of its constants.

FILENAME ~ /\.(c|h|def)$/ {
    if (FNR == 1) { close_item(FNR - 1); comment = 0; macro = 0 }
    line_of[FILENAME, FNR] = $0
    lines_in[FILENAME] = FNR
    read_c($0)
    next
}

function read_c(line) {
    if (macro) {
        if (line !~ /\\$/) { close_item(FNR); macro = 0 }
        return
    }
    if (open) {
        head = head " " line
        if (line ~ /^\{/) in_braces = 1
        if (line ~ /^\}/ || (!in_braces && line ~ /;( *\/\*.*\*\/)?$/)) close_item(FNR)
        return
    }
    if (in_comment || line ~ /^\/\*/) {
        if (!comment) comment = FNR
        in_comment = line !~ /\*\//
        return
    }
    if (line ~ /^#define /) {
        open_item(line)
        macro = line ~ /\\$/
        if (!macro) close_item(FNR)
    } else if (line ~ /^[A-Za-z_]/) {
        open_item(line)
        in_braces = line ~ /\{( *\/\*.*\*\/)?$/
        if (line ~ /[;}]( *\/\*.*\*\/)?$/ && !in_braces) close_item(FNR)
    } else {
        comment = 0
    }
}
function open_item(line) {
    open = ++items
    head = line
    file[open] = FILENAME
    begins[open] = FNR
    first[open] = comment ? comment : FNR
    comment = 0
}
function close_item(line) {
    if (!open) return
    last[open] = line
    name_item(open, head)
    open = in_braces = 0
}
function name_item(item, head,    name) {
    if (head ~ /^#define /) {
        sub(/^#define +/, "", head)
        return add_name(item, head)
    }
    if (match(head, /^(typedef +)?(struct|union|enum) +[A-Za-z_0-9]+ *\{/)) {
        sub(/^(typedef +)?(struct|union|enum) +/, "", head)
        return add_name(item, head)
    }
    if (match(head, /^(typedef +)?enum *\{/)) {
        head = substr(head, RLENGTH)
        while (match(head, /[{,] *[A-Z_0-9]+/)) {
            name = substr(head, RSTART + 1, RLENGTH - 1)
            head = substr(head, RSTART + RLENGTH)
            sub(/^ */, "", name)
            add_name(item, name)
        }
        return
    }
    if (head ~ /^[A-Z_]+\(/) return # a row
    if (match(head, /[A-Za-z_0-9]+(\[[^]]*\])* *=/) && substr(head, 1, RSTART) !~ /\(/) {
        return add_name(item, substr(head, RSTART))
    }
    if (match(head, /[A-Za-z_0-9]+\(/)) return add_name(item, substr(head, RSTART))
    if (match(head, /[A-Za-z_0-9]+(\[[^]]*\])*;/)) add_name(item, substr(head, RSTART))
}
function add_name(item, text) {
    match(text, /^[A-Za-z_0-9]+/)
    text = substr(text, 1, RLENGTH)
    named[text] = named[text] " " item
}
