# picture_svg.awk — draws what picture_layout.awk has laid out: in each row the time, the workers
# with a line for each layer, and below them the connections that are open there.

BEGIN {
    head_height = 80
    axis_height = 24
    strip_height = 18 # of a turn, for its name
    layer_height = 17
    band_height = strip_height + layers * layer_height + 2
    band_gap = 8
    lane_height = 28
    row_gap = 22
    colours = 6
}

function xml(words)
{
    gsub(/&/, "\\&amp;", words)
    gsub(/</, "\\&lt;", words)
    gsub(/>/, "\\&gt;", words)
    gsub(/"/, "\\&quot;", words)
    return words
}

function milliseconds(at) { return sprintf("%.3f ms", (at - point_at[1]) / 1000) }

# write CLASS X Y WORDS: a text, if there are words.
function write(class, left, base, words)
{
    if (words != "")
        print "<text class=\"" class "\" x=\"" left "\" y=\"" base "\">" xml(words) "</text>"
}

function line(class, left, top, right, bottom)
{
    print "<path class=\"" class "\" d=\"M" left " " top "L" right " " bottom "\"/>"
}

function box(class, left, top, width, height, round)
{
    print "<rect class=\"" class "\" x=\"" left "\" y=\"" top "\" width=\"" width "\" height=\"" \
        height "\"" (round ? " rx=\"" round "\"" : "") "/>"
}

function row_of(at,    row)
{
    for (row = 1; row < rows && row_x[row + 1] <= at; ) row++
    return row
}

# What lies between two places on the endless line is a piece in each row between them. Returns how
# many there are; the longest is where words find room.
function cut(from, to,    row)
{
    pieces = longest = 0
    for (row = row_of(from); row <= rows && row_x[row] < to; row++) {
        piece_row[++pieces] = row
        piece_left[pieces] = margin + (from > row_x[row] ? from - row_x[row] : 0)
        piece_right[pieces] = margin + (to < row_x[row + 1] ? to : row_x[row + 1]) - row_x[row]
        if (!longest || piece_right[pieces] - piece_left[pieces] > \
            piece_right[longest] - piece_left[longest]) longest = pieces
    }
    return pieces
}

function draw_picture(    i)
{
    order_workers()
    tell_stories()
    stack_rows()
    draw_head()
    for (i = 1; i <= rows; i++) draw_row(i)
    for (i = 1; i <= stretches; i++) if (i in gap_label) draw_gap(i)
    for (i = 1; i <= turns; i++) draw_turn(i)
    for (i = 1; i <= turns; i++) draw_parked(i)
    for (i = 1; i <= stories; i++) draw_story(i)
    for (i = 1; i <= connections; i++) draw_marks(i)
    draw_foot()
    print "</svg>"
}

# By number, and the timekeeper, who has 0, below them.
function order_workers(    i, j, rank)
{
    for (i = 1; i <= turns; i++) {
        if (turn_worker[i] in rank_of) continue
        rank = turn_worker[i] == 0 ? 1000000 : turn_worker[i] + 0
        rank_of[turn_worker[i]] = rank
        for (j = ++workers; j > 1 && rank_of[worker[j - 1]] > rank; j--) worker[j] = worker[j - 1]
        worker[j] = turn_worker[i]
    }
}

# How high the rows are: a worker has lines for the layers in those in which it takes a turn, a
# connection a lane in those from its first turn to its end.
function stack_rows(    i, row, last)
{
    for (i = 1; i <= turns; i++) {
        cut(turn_x[i], turn_end[i])
        for (row = 1; row <= pieces; row++) busy[turn_worker[i], piece_row[row]] = 1
    }
    for (i = 1; i <= connections; i++) {
        last = connection_last[i]
        connection_end[i] = is_parked(i) ? row_x[rows + 1] : turn_end[last]
        last = row_of(connection_end[i] - 1)
        for (row = row_of(turn_x[connection_first[i]]); row <= last; row++)
            lane_of[i, row] = ++row_lanes[row]
    }
    row_y[1] = head_height
    for (row = 1; row <= rows; row++) {
        lanes_y[row] = row_y[row] + axis_height
        for (i = 1; i <= workers; i++) {
            worker_y[worker[i], row] = lanes_y[row]
            lanes_y[row] += ((worker[i], row) in busy ? band_height : strip_height) + band_gap
        }
        row_y[row + 1] = lanes_y[row] + row_lanes[row] * lane_height + row_gap
    }
}

function lane_y(connection, row)
{
    return lanes_y[row] + (lane_of[connection, row] - 1) * lane_height
}

function colour(connection) { return "k" (connection - 1) % colours }

function draw_head(    height, pair, summary, who)
{
    height = row_y[rows + 1] + 46
    who = workers - ("0" in rank_of)
    summary = count_of(connections, "connection") ", " count_of(requests + 0, "request") ", " \
        count_of(turns, "turn") " of " count_of(who, "worker") \
        (who < workers ? " and the timekeeper" : "") ", " milliseconds(point_at[points])
    print "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 " picture_width " " height \
        "\" width=\"" picture_width "\" height=\"" height \
        "\" role=\"img\" aria-labelledby=\"title desc\">"
    print "<title id=\"title\">A run of strata: " xml(ENVIRON["NAME"]) "</title>"
    print "<desc id=\"desc\">" summary "."
    for (pair = 1; pair <= connections; pair++) print describe(pair)
    print "</desc>"
    print "<style>"
    while ((getline pair < ENVIRON["STYLE"]) > 0) print pair
    print "</style>"
    box("paper", 0, 0, picture_width, height)
    write("headline", 16, 28, "A run of strata: " ENVIRON["NAME"])
    write("note", 16, 48, summary)
    write("note", 16, 66, \
        "Colours are connections. The order in time is exact, the widths are not to scale.")
}

function layer_y(top, which) { return top + strip_height + (which - 1) * layer_height }

function draw_row(row,    i, j, top, right, at_rest)
{
    right = margin + row_x[row + 1] - row_x[row]
    line("axis", margin, row_y[row] + 18, right, row_y[row] + 18)
    for (i = 1; i <= workers; i++) {
        top = worker_y[worker[i], row]
        at_rest = !((worker[i], row) in busy)
        box("band", margin, top, right - margin, at_rest ? strip_height : band_height)
        write("worker", margin - 8, top + 13, title_of(worker[i]))
        for (j = 1; j <= layers && !at_rest; j++) {
            line("row", margin, layer_y(top, j), right, layer_y(top, j))
            write("layer", margin - 8, layer_y(top, j) + 13, layer_names[j])
        }
    }
    for (i = 1; i <= connections; i++) {
        if (!((i, row) in lane_of)) continue
        print "<g class=\"" colour(i) "\">"
        write("lane", margin - 8, lane_y(i, row) + 23, connection_name[i])
        print "</g>"
    }
    draw_times(row)
}

# When turns begin, as far as there is room to say it.
function draw_times(row,    i, left, free)
{
    for (i = 1; i <= points; i++) {
        if (point_event[i] || row_of(point_x[i]) != row) continue
        left = margin + point_x[i] - row_x[row]
        line("axis", left, row_y[row] + 14, left, row_y[row] + 22)
        if (left < free) continue
        write("time", left, row_y[row] + 11, milliseconds(point_at[i]))
        free = left + 80
    }
}

function draw_gap(stretch,    top, bottom, middle, row, path, side, i)
{
    row = row_of(stretch_x[stretch])
    middle = margin + stretch_x[stretch] - row_x[row] + gap_width / 2
    top = row_y[row] + 14
    bottom = lanes_y[row] - band_gap + 4
    path = "M" middle - 8 " " top
    for (i = top; i < bottom; i += 8) path = path "l" (side = side == 4 ? -4 : 4) " 8"
    path = path "h16"
    for (i = top; i < bottom; i += 8) {
        path = path "l" (-side) " -8"
        side = -side
    }
    print "<path class=\"zigzag\" d=\"" path "\"/>"
    write("pause", middle, row_y[row] + 11, gap_label[stretch])
}

function draw_turn(turn,    i, top, event)
{
    print "<g class=\"turn " colour(turn_connection[turn]) "\"><title>" \
        xml(turn_label[turn] " on " title_of(turn_worker[turn])) "</title>"
    cut(turn_x[turn], turn_end[turn])
    for (i = 1; i <= pieces; i++) {
        top = worker_y[turn_worker[turn], piece_row[i]]
        box("box", piece_left[i], top, piece_right[i] - piece_left[i], band_height, 5)
        write("name", piece_left[i] + 5, top + 13,
            clip(turn_label[turn], piece_right[i] - piece_left[i]))
    }
    for (event = turn_first[turn]; event; event = event_after[event]) draw_event(event)
    print "</g>"
}

function draw_event(event,    i, top, who)
{
    who = turn_worker[event_turn[event]]
    print "<g class=\"event\"><title>" xml(connection_name[turn_connection[event_turn[event]]] \
        ".r" event_request[event] " " \
        layer_names[event_layer[event]] " " event_verb[event] ": " event_words[event] \
        (event_rule[event] == "" ? "" : " [" event_rule[event] "]") ", at " \
        milliseconds(event_at[event])) "</title>"
    cut(event_left(event), event_x[event])
    for (i = 1; i <= pieces; i++) {
        top = layer_y(worker_y[who, piece_row[i]], event_layer[event]) + 1
        box("bar", piece_left[i], top, piece_right[i] - piece_left[i], layer_height - 1)
        if (i == longest) write("verb", piece_left[i] + 4, top + 12,
            clip(event_label[event], piece_right[i] - piece_left[i]))
        if (i == pieces) line("told", piece_right[i] - 1, top, piece_right[i] - 1,
            top + layer_height - 1)
    }
    print "</g>"
}

# The lane of a connection: thick in a turn, dotted after it, until the next.
function draw_parked(turn,    connection, end)
{
    connection = turn_connection[turn]
    print "<g class=\"lane-of " colour(connection) "\">"
    draw_lane("active", connection, turn_x[turn], turn_end[turn], "")
    end = turn_after[turn] ? turn_x[turn_after[turn]] : connection_end[connection]
    if (end > turn_end[turn])
        draw_lane("parked", connection, turn_end[turn], end,
            turn_waits[turn] ? "waits " event_words[turn_waits[turn]] : "")
    print "</g>"
}

function draw_lane(class, connection, from, to, words,    i, top, room)
{
    cut(from, to)
    room = piece_right[longest] - piece_left[longest] - 4
    if (width_of(words) > room) sub(/, .*/, "", words)
    if (width_of(words) > room) sub(/^waits /, "", words)
    for (i = 1; i <= pieces; i++) {
        top = lane_y(connection, piece_row[i]) + 19
        line(class, piece_left[i], top, piece_right[i], top)
        if (i == longest || width_of(words) <= piece_right[i] - piece_left[i] - 4)
            write("wait", piece_left[i] + 6, top - 6,
                clip(words, piece_right[i] - piece_left[i] - 4))
    }
}

function draw_story(story,    i)
{
    cut(story_x[story], story_end[story])
    i = longest
    write("story", piece_left[i] + 2, lane_y(turn_connection[story_turn[story]], piece_row[i]) + 13,
        clip(story_words[story], piece_right[i] - piece_left[i]))
}

function draw_marks(connection,    left, top)
{
    print "<g class=\"" colour(connection) "\">"
    if (connection_accepted[connection]) {
        cut(turn_x[connection_first[connection]], turn_end[connection_first[connection]])
        print "<circle class=\"accepted\" cx=\"" piece_left[1] + 4 "\" cy=\"" \
            lane_y(connection, piece_row[1]) + 19 "\" r=\"5\"/>"
    }
    if (connection_closed[connection]) {
        cut(turn_x[connection_last[connection]], turn_end[connection_last[connection]])
        left = piece_right[pieces] - 4
        top = lane_y(connection, piece_row[pieces]) + 14
        print "<path class=\"closed\" d=\"M" left " " top "l10 10m0 -10l-10 10\"/>"
    }
    print "</g>"
}

function draw_foot(    top)
{
    top = row_y[rows + 1] + 4
    write("note", 16, top, "A box is a turn: one worker has one connection. Each bar in it ends " \
        "where an event was told, in the line of its layer.")
    write("note", 16, top + 17, "A connection: ○ accepted, thick in a turn, dotted while no " \
        "worker has it, × closed.")
}
