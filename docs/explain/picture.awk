# picture.awk — reads the events of a run. picture_layout.awk then says where each belongs, and
# picture_svg.awk draws it. POSIX awk, in the C locale.
#
# event_…[1…events] are the events in the order of the lines; turn_…[1…turns] the turns they form;
# connection_…[1…connections] the connections as they were first met.
# point_…[1…points] is all that has a place in time: an event or, with point_event 0, the begin of a
# turn.

BEGIN {
    layers = split("transport http fs server", layer_names, " ")
    for (i = 1; i <= layers; i++) layer_of[layer_names[i]] = i
    one_text = "\"([^\"\\\\]|\\\\.)*\""
    one_pair = "\"[a-z]+\":([0-9]+|" one_text ")"
    whole_event = "^[{]" one_pair "(," one_pair ")*[}]$"
    # UTF-8 as RFC 3629 §4 has it.
    more = "[\200-\277]"
    utf8 = "[\302-\337]" more "|\340[\240-\277]" more "|[\341-\354\356\357]" more more \
        "|\355[\200-\237]" more "|\360[\220-\277]" more more "|[\361-\363]" more more more \
        "|\364[\200-\217]" more more
}

!/^[{]/ && !/"verb":"/ { next }
$0 !~ whole_event || !is_text($0) { wrong("is cut or is no event") }
{
    layer = layer_of[text("layer")]
    if (!layer || text("verb") == "" || number("at") == "" || number("turn") == "" ||
        number("worker") == "" || number("connection") == "" || number("request") == "")
        wrong("is no event of strata --explain-format=json")
    read_event(number("worker"), number("connection"), number("at") + 0)
}

# Is it what XML can hold? Control characters come escaped; no text has U+FFFE or U+FFFF.
function is_text(octets)
{
    if (octets ~ /\357\277[\276\277]/) return 0
    gsub(utf8, "", octets)
    return octets !~ /[^ -~]/
}

function wrong(what)
{
    printf "picture: line %d of %s %s\n", NR, ENVIRON["NAME"], what | "cat >&2"
    failed = 1
    exit 1
}

# In JSON, a quote within a text has a backslash before it: "KEY": stands nowhere but before its
# value.
function number(key)
{
    if (!match($0, "\"" key "\":[0-9]+")) return ""
    return substr($0, RSTART + length(key) + 3, RLENGTH - length(key) - 3)
}

function text(key,    i, one, rest, result)
{
    if (!match($0, "\"" key "\":" one_text)) return ""
    rest = substr($0, RSTART + length(key) + 4, RLENGTH - length(key) - 5)
    while (i = index(rest, "\\")) { # \\ and \" and \/; what else there is stays as it is
        one = substr(rest, i + 1, 1)
        result = result substr(rest, 1, i - 1) (index("\\\"/", one) ? one : "\\" one)
        rest = substr(rest, i + 2)
    }
    return result rest
}

# What a worker tells is in order, as it is one thread.
function read_event(worker, connection, at,    key)
{
    if (at < told_last[worker] + 0 || at < number("turn") + 0)
        wrong("goes back in time; if two runs are in one file, draw each from a file of its own")
    key = connection " " number("turn")
    if (key != turn_key[worker]) begin_turn(worker, connection, key)
    told_last[worker] = at

    event_at[++events] = at
    event_turn[events] = turn_of[worker]
    event_request[events] = number("request")
    event_layer[events] = layer
    event_verb[events] = text("verb")
    event_words[events] = text("words")
    event_rule[events] = text("rule")
    event_before[events] = turn_last[turn_of[worker]]
    event_after[turn_last[turn_of[worker]]] = events
    turn_last[turn_of[worker]] = events
    add_point(at, turn_of[worker], events)
}

function begin_turn(worker, connection, key)
{
    turn_key[worker] = key
    turn_of[worker] = ++turns
    turn_worker[turns] = worker
    turn_begin[turns] = number("turn") + 0
    if (turn_begin[turns] < told_last[worker] + 0) turn_begin[turns] = told_last[worker]
    turn_first[turns] = events + 1
    if (!(connection in connection_of)) {
        connection_of[connection] = ++connections
        connection_name[connections] = "c" connection
    }
    turn_connection[turns] = connection_of[connection]
    add_point(turn_begin[turns], turns, 0)
}

# Points are in order of time. Workers write at once, so that some lines come a little late.
function add_point(at, turn, event,    i)
{
    for (i = ++points; i > 1 && point_at[i - 1] > at; i--) {
        point_at[i] = point_at[i - 1]
        point_turn[i] = point_turn[i - 1]
        point_event[i] = point_event[i - 1]
    }
    point_at[i] = at
    point_turn[i] = turn
    point_event[i] = event
}

END {
    if (failed) exit 1
    if (!events) {
        print "picture: there is no event in " ENVIRON["NAME"] ". To get some:\n" \
            "picture:     ./learn serve --explain --explain-format=json 2>run.jsonl" | "cat >&2"
        exit 1
    }
    lay_out()
    draw_picture()
}
