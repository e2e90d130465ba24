# console_plan.awk: takes a page apart into steps for check_console.sh, a line each:
#     NUMBER KIND LINE     run, figure, server, output
# and writes what belongs to step N into work/N.command, N.expected and, of a figure, N.pattern.
#
#     awk -v work=DIRECTORY -f page.awk -f console_plan.awk PAGE.md

at_fence && in_fence { end_step(); kind = ""; next }
at_fence {
    kind = ""
    if (info == "console") kind = "run"
    else if (info == "console server") kind = "server"
    else if (info == "console server output") { kind = "output"; begin_step() }
    else if (info ~ /^console figure /) kind = "figure"
    next
}
!in_fence || kind == "" { next }
{
    for (i = 0; i < indent && substr($0, 1, 1) == " "; i++) $0 = substr($0, 2)
}
continues || /^\$ / {
    if (!continues) {
        end_step()
        begin_step()
        sub(/^\$ /, "")
    } else {
        sub(/^> /, "") # as sh shows that it waits for more
    }
    continues = /\\$/
    print >(work "/" step ".command")
    next
}
step { print >(work "/" step ".expected") }

function begin_step() {
    step = ++steps
    print step, kind, FNR
    printf "" >(work "/" step ".expected")
    printf "" >(work "/" step ".command")
    if (kind == "figure") print substr(info, 16) >(work "/" step ".pattern")
}
function end_step() {
    if (!step) return
    close(work "/" step ".command")
    close(work "/" step ".expected")
    step = continues = 0
}
