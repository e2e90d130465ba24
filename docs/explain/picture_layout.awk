# picture_layout.awk — where everything belongs. First all of it stands on one endless line; then
# the line is cut into rows, as the lines of a text are. Lengths are pixels in a picture 960 wide.
#
# Order in time is exact. How far apart things are is what their words need; a pause in which no
# worker does anything is a gap with a zigzag.

BEGIN {
    picture_width = 960
    margin = 92      # left of the rows, for names
    row_width = 850
    letter = 6.7     # of 11 px monospace
    gap_width = 190
    long_pause = 1000 # microseconds; shorter ones are no gaps
    long_event = 100  # microseconds; such an event says how long it took
}

# How many letters wide? Those of three octets and more are twice as wide, but for … → and the like.
function letters(words)
{
    gsub(/\342[\200-\277][\200-\277]/, "x", words)
    gsub(/[\343-\364]/, "x&", words)
    gsub(/[\200-\277]/, "", words)
    return length(words)
}

function width_of(words) { return int(letters(words) * letter) + 10 }

# The words, or as many of them as there is room for.
function clip(words, room,    i, whole)
{
    if (width_of(words) <= room) return words
    for (i = 1; i <= length(words); i++) {
        if (substr(words, i, 1) ~ /[\200-\277]/) continue
        if (width_of(substr(words, 1, i - 1) "…") > room) break
        whole = i - 1
    }
    return whole < 4 ? "" : substr(words, 1, whole) "…"
}

function duration(time)
{
    if (time < 1000) return time " µs"
    if (time < 1000000) return sprintf("%.1f ms", time / 1000)
    return sprintf("%.1f s", time / 1000000)
}

function lay_out(    i)
{
    for (i = 1; i <= turns; i++) name_turn(i)
    for (i = 1; i <= events; i++) name_event(i)
    for (i = 1; i <= points; i++) place_point(i)
    for (i = 1; i <= turns; i++) follow_connection(turn_connection[i], i)
    end_stretch(x + tail_width())
    cut_rows()
}

# "c1.r2 · 85 µs": connection, requests, how long it took. Whose turn it is say those above
# transport; there, what begins it may still be of the request before.
function name_turn(turn,    event, first, last, time)
{
    for (event = turn_first[turn]; event; event = event_after[event]) {
        if (layer_names[event_layer[event]] == "transport") continue
        if (!first) first = event_request[event]
        last = event_request[event]
    }
    if (!first) first = last = event_request[turn_last[turn]]
    time = event_at[turn_last[turn]] - turn_begin[turn]
    turn_name[turn] = connection_name[turn_connection[turn]] ".r" first \
        (first == last ? "" : "–r" last)
    turn_label[turn] = turn_name[turn] " · " duration(time)
}

# The words in the bar of an event: its verb, but of several field lines in the first alone.
function name_event(event,    before)
{
    before = event_before[event]
    event_took[event] = event_at[event] - (before ? event_at[before] : \
        turn_begin[event_turn[event]])
    if (!before || event_verb[before] != event_verb[event]) event_label[event] = event_verb[event]
    if (event_took[event] >= long_event)
        event_label[event] = event_verb[event] " " duration(event_took[event])
}

function at_least(least) { if (x < least) x = least }

# Sets x, which is where the point before is, to where this point is.
function place_point(point,    turn, event)
{
    turn = point_turn[point]
    event = point_event[point]
    if (event) {
        at_least(x + 4)
        at_least(event_before[event] ? event_x[event_before[event]] : turn_x[turn])
        at_least(event_left(event) + (event_label[event] == "" ? 8 : width_of(event_label[event])))
        if (event == turn_last[turn]) {
            at_least(turn_x[turn] + width_of(turn_label[turn]) - 4)
            turn_end[turn] = x + 4
            at_work--
        }
        event_x[event] = x
    } else {
        if (!at_work++) begin_stretch(point)
        at_least(x + 8)
        turn_x[turn] = x
    }
    point_x[point] = x
}

# A bar begins where the event before it in the same turn ended.
function event_left(event)
{
    return event_before[event] ? event_x[event_before[event]] : turn_x[event_turn[event]]
}

# A stretch is a time in which there is always a worker at work. With it goes the gap before it.
function begin_stretch(point,    pause)
{
    if (point == 1) {
        stretch_x[stretches = 1] = 0
        return
    }
    end_stretch(x + 10)
    pause = point_at[point] - point_at[point - 1]
    x += 10
    stretch_x[++stretches] = x
    if (pause >= long_pause) {
        gap_label[stretches] = duration(pause)
        x += gap_width
    }
}

function end_stretch(end) { stretch_end[stretches] = end }

# What a connection does: turns, and between them it is parked.
function follow_connection(connection, turn,    event)
{
    if (!connection_first[connection]) connection_first[connection] = turn
    turn_after[connection_last[connection]] = turn
    connection_last[connection] = turn
    for (event = turn_first[turn]; event; event = event_after[event]) {
        if (event_verb[event] == "waits") turn_waits[turn] = event
        if (event_verb[event] == "closed") connection_closed[connection] = event
        if (event_verb[event] == "accepted") connection_accepted[connection] = event
    }
}

# Connections that wait when the run ends still wait to the right of it: room for that.
function tail_width(    i)
{
    for (i = 1; i <= connections; i++) if (is_parked(i)) return 160
    return 10
}

function is_parked(connection)
{
    return turn_waits[connection_last[connection]] && !connection_closed[connection]
}

# A stretch that has no room in its row begins a new one; one that is longer than a row is cut.
function cut_rows(    i, limit)
{
    row_x[rows = 1] = 0
    for (i = 1; i <= stretches; i++) {
        if (stretch_end[i] - row_x[rows] > row_width && stretch_x[i] > row_x[rows])
            row_x[++rows] = stretch_x[i]
        while (stretch_end[i] - row_x[rows] > row_width) {
            limit = last_point_until(row_x[rows] + row_width - 5)
            row_x[++rows] = limit + 5
        }
    }
    row_x[rows + 1] = tail_width() > 10 ? row_x[rows] + row_width : x + 10
}

function last_point_until(limit,    i, found)
{
    found = limit
    for (i = 1; i <= points && point_x[i] <= limit; i++)
        if (point_x[i] > row_x[rows]) found = point_x[i]
    return found
}
