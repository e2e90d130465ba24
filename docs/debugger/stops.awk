# stops.awk: makes of stops.txt what -v want= names:
#     gdb          the script of the tour -v tour=
#     expected     what it has to print: patterns of lines, in order
#     table        the tables in docs/debugger.md
#     breakpoints  the breakpoints of tour 1, for other debuggers
# LC_ALL=C: texts are octets.

# Adds a line to what is known of the stop.
function add(key, text) {
    count[at, key]++
    value[at, key, count[at, key]] = text
}

/^#/ || /^$/ { next }
/^ / { # goes on
    sub(/^ +/, "")
    if (word == "about") about[tours] = about[tours] " " $0
    else value[at, word, count[at, word]] = value[at, word, count[at, word]] " " $0
    next
}
{
    word = $1
    rest = $0
    sub(/^[a-z]+ +/, "", rest)
}
word == "tour" {
    tours++
    if ($2 != tours) die("tours are numbered 1, 2, 3")
    title[tours] = substr(rest, 3)
    next
}
word == "options" { options[tours] = rest; next }
word == "about" { about[tours] = rest; next }
word == "stop" {
    stops[tours]++
    at = tours SUBSEP stops[tours]
    layer[at] = $2
    name[at] = $3
    where[at] = substr(rest, length($2) + 2)
    next
}
word == "print" {
    if (index(rest, " => ") == 0) die("print EXPRESSION => VALUE")
    add("show", rest)
    next
}
word ~ /^(run|shows)$/ { add("show", word " " rest); next }
word ~ /^(client|do|notice)$/ { add(word, rest); next }
{ die("unknown word " word) }

function die(message) {
    print FILENAME ":" FNR ": " message >"/dev/stderr"
    failed = 1
    exit 1
}

# --- The gdb script ------------------------------------------------------------------------------

# An echo of gdb; its argument begins with the first character that is not blank.
function say(text) {
    gsub(/\\/, "\\\\", text)
    if (text ~ /^ /) text = "\\" text
    print "echo " text "\\n"
}

function say_wrapped(text,    words, n, i, line) {
    n = split(text, words, " ")
    line = ""
    for (i = 1; i <= n; i++) {
        if (length(line) + length(words[i]) > 76) { say(" " line); line = "" }
        line = line " " words[i]
    }
    say(" " line)
}

function gdb_show(text,    arrow) {
    arrow = index(text, " => ")
    if (text ~ /^shows /) return
    if (text ~ /^run /) {
        say("")
        say("  (gdb) " substr(text, 5))
        print substr(text, 5)
        return
    }
    text = substr(text, 1, arrow - 1)
    print "echo \\   " text " =\\040"
    print "with print address off -- output " text
    say("")
}

function quietly(command) { print "pipe -d @@ " command " @@ cat >/dev/null" }

# Signals arrive in libc, of which gdb has no sources: there it shows the frame of keep_time.
function gdb_stop(i,    k) {
    at = tour SUBSEP i
    print "define stop_" i
    quietly(name[at] == "SIGINT" ? "tcatch signal SIGINT" : "tbreak " where[at])
    print "commands"
    if (name[at] == "SIGINT") print "silent\nframe function keep_time"
    say("")
    say("--- stop " i " of " stops[tour] ": " name[at] " (" layer[at] "/) ---")
    for (k = 1; k <= count[at, "show"]; k++) gdb_show(value[at, "show", k])
    if (count[at, "show"]) say("")
    for (k = 1; k <= count[at, "notice"]; k++) say_wrapped(value[at, "notice", k])
    say("")
    for (k = 1; k <= count[at, "do"]; k++) quietly(value[at, "do", k])
    for (k = 1; k <= count[at, "client"]; k++) print "client " value[at, "client", k]
    if (i < stops[tour]) print "stop_" i + 1
    else say(" The last stop: after c the server ends. Then q, and curl says what it got.")
    print "end"
    print "end"
    document("stop_" i, "sets stop " i " of this tour.")
}

function document(command, words) { print "document " command "\nHelper: " words "\nend" }

# The clients know the server by its port and its process. The other threads do not run meanwhile.
function gdb_client() {
    print "define client"
    print "with scheduler-locking on -- set $process = (int)getpid()"
    print "set $port = main::server.listeners.list[0].port"
    print "eval \"shell sh docs/debugger/client.sh $arg0 %d %d </dev/null >/dev/null 2>&1 &\", " \
        "$port, $process"
    print "end"
    document("client", "starts curl.")
}

function gdb_tour(    i) {
    gdb_client()
    for (i = 1; i <= stops[tour]; i++) gdb_stop(i)
    say("")
    say("Tour " tour ": " title[tour])
    say_wrapped(about[tour])
    say(" c goes on to the next stop. In between type whatever you like: bt, up, n, s,")
    say(" finish, info args, list; connection, request, exchange, workers. q leaves.")
    say(" layout src shows the source beside it, tui disable takes it away.")
    say("")
    print "stop_1"
    print "run --address 127.0.0.1 --port 0 --no-deadlines --access-log none " options[tour] " www"
}

# --- What it has to print ------------------------------------------------------------------------

function expected_tour(    i, k, text, arrow) {
    for (i = 1; i <= stops[tour]; i++) {
        at = tour SUBSEP i
        if (name[at] == "SIGINT") print "#… keep_time (…) at …"
        else print "…reakpoint …, " name[at] " (…) at …"
        print "--- stop " i " of " stops[tour] ": " name[at] " (" layer[at] "/) ---"
        for (k = 1; k <= count[at, "show"]; k++) {
            text = value[at, "show", k]
            arrow = index(text, " => ")
            if (text ~ /^run /) print "  (gdb) " substr(text, 5)
            else if (text ~ /^shows /) print "…" substr(text, 7)
            else print "   " substr(text, 1, arrow - 1) " = " substr(text, arrow + 4)
        }
    }
}

# --- What the docs show --------------------------------------------------------------------------

function code(text) {
    gsub(/\|/, "\\|", text)
    return "`" text "`"
}

function what_to_print(    k, text, arrow, cell) {
    cell = ""
    for (k = 1; k <= count[at, "show"]; k++) {
        text = value[at, "show", k]
        arrow = index(text, " => ")
        if (text ~ /^shows /) continue
        if (cell != "") cell = cell "<br>"
        if (text ~ /^run /) cell = cell code(substr(text, 5))
        else if (substr(text, arrow + 4) == "…") cell = cell code(substr(text, 1, arrow - 1))
        else cell = cell code(substr(text, 1, arrow - 1)) " is " code(substr(text, arrow + 4))
    }
    return cell
}

function tables(    i, k) {
    for (tour = 1; tour <= tours; tour++) {
        print "**Tour " tour ": " title[tour] ".** " about[tour]
        print ""
        print "| stop | layer | function | print | notice |"
        print "|---|---|---|---|---|"
        for (i = 1; i <= stops[tour]; i++) {
            at = tour SUBSEP i
            print "| " i " | " layer[at] " | " code(where[at]) " | " what_to_print() " | " \
                value[at, "notice", 1] " |"
        }
        if (tour < tours) print ""
    }
}

function breakpoints(    i, condition, list) {
    for (i = 1; i <= stops[1]; i++) {
        at = 1 SUBSEP i
        condition = substr(where[at], length(name[at]) + 5)
        list = list (i > 1 ? ", " : "") code(name[at]) \
            (condition == "" ? "" : " with the condition " code(condition))
    }
    print list "."
}

END {
    if (failed) exit 1
    if (want != "table" && want != "breakpoints" && !(tour in stops)) die("no tour " tour)
    if (want == "gdb") gdb_tour()
    if (want == "expected") expected_tour()
    if (want == "table") tables()
    if (want == "breakpoints") breakpoints()
}
