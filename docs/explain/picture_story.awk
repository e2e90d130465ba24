# picture_story.awk — what happened, in words: at each connection, and for those who hear the
# picture.

# The story of a request is told at its connection: "GET /about → 200 OK", "400 Bad Request: at …".
function tell_stories(    i, key, verb, words, before)
{
    for (i = 1; i <= events; i++) {
        verb = event_verb[i]
        if (verb !~ /^(parsed|decided|refused)$/) continue
        words = event_words[i]
        sub(verb == "parsed" ? ", HTTP/.*" : verb == "decided" ? ", .*" : "^$", "", words)
        key = event_turn[i] " " event_request[i]
        if (key in story_of) {
            before = story_words[story_of[key]]
            story_words[story_of[key]] = (verb_of[key] == "refused") ? words ": " before : \
                before " → " words
        } else {
            story_of[key] = ++stories
            verb_of[key] = verb
            story_turn[stories] = event_turn[i]
            story_x[stories] = event_left(i)
            story_words[stories] = (verb == "decided" ? "→ " : "") words
        }
        key = turn_connection[event_turn[i]] " " event_request[i]
        if (!(key in seen)) requests++
        seen[key] = 1
    }
    for (i = stories; i; i--) { # each has room until the next in its turn
        story_end[i] = story_turn[i] in story_begin ? story_begin[story_turn[i]] : \
            turn_end[story_turn[i]]
        story_begin[story_turn[i]] = story_x[i]
    }
}

# For those who hear the picture.
function describe(connection,    i, words)
{
    words = connection_name[connection] ":"
    for (i = connection_first[connection]; i; i = turn_after[i])
        words = words " " turn_name[i] " on " title_of(turn_worker[i]) turn_story(i) \
            (turn_waits[i] ? ", waits " event_words[turn_waits[i]] : "") ";"
    return xml(words (connection_closed[connection] ? " closed." : " still open."))
}

function turn_story(turn,    i, words)
{
    for (i = 1; i <= stories; i++) if (story_turn[i] == turn) words = words ", " story_words[i]
    return words
}

function title_of(name) { return name == 0 ? "timekeeper" : "worker " name }

function count_of(many, noun) { return many " " noun (many == 1 ? "" : "s") }
