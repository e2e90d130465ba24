# The filter through which everything goes that is compared with a run: what is another time and
# another place each time becomes …
#
#     strata --explain … 2>&1 | LC_ALL=C awk -f docs/explain/filter.awk
#
# It takes what strata --explain tells, as text or as JSON, what strata logs, and heads as curl -v
# and curl -i print them. Replaced are
#     dates and entity tags     the values of Date, Last-Modified, ETag, and of the fields that ask
#                               for them (If-Match, If-Range …), where they are neither * nor (…)
#     ports                     "port 53412", "Host: localhost:8080", "http://localhost:8080/"
#     process ids               "process 4711", "PID 4711"
#     times                     "at" and "turn" of JSON, dur= of Server-Timing, the log's [date]
#     how much was sent         "sent 402 octets" of --explain: Server-Timing is in it
#     versions of curl          "curl/8.5.0"
# In lines of --explain the rule keeps its column.
#
# A worker may accept a connection before its first octet is there, or after: it depends on luck.
# The three lines that say so are left out: "received nothing yet", and "waits" and "resumed" for
# the first octet.

# How many columns it takes: octets that continue a character take none.
function columns(words) {
    gsub(/[\200-\277]/, "", words)
    return length(words)
}

# The value of a field, from its colon to the end: that of its line, of its JSON string, or the
# spaces before a rule.
function mask_value(line, name,    start, value, rest, end) {
    if (!match(line, "(^|[^-A-Za-z])" name ": ")) return line
    start = RSTART + RLENGTH
    value = substr(line, start)
    if (value ~ /^[*(]/) return line
    end = is_json ? match(value, /"[,}]/) : match(value, / +RFC [0-9]+ /)
    if (is_json) while (end > 1 && substr(value, end - 1, 1) == "\\") {
        rest = substr(value, end + 1)
        if (!match(rest, /"[,}]/)) return line
        end += RSTART
    }
    if (!end) end = match(value, /\r?$/)
    return substr(line, 1, start - 1) "…" substr(value, end)
}

function mask(line,    i) {
    for (i = 1; i <= names; i++) line = mask_value(line, name[i])
    if (line ~ /[Pp]ort [0-9]/) gsub(/[Pp]ort [0-9]+/, "port …", line)
    while (match(line, /(Host: |http:\/\/)(\[[0-9a-f:.]+\]|[-A-Za-z0-9.]+):[0-9]+/)) {
        start = RSTART + RLENGTH
        head = substr(line, 1, start - 1)
        sub(/[0-9]+$/, "…", head)
        line = head substr(line, start)
    }
    gsub(/process [0-9]+/, "process …", line)
    gsub(/PID [0-9]+/, "PID …", line)
    gsub(/dur=[0-9.]+/, "dur=…", line)
    gsub(/\[[0-9]+\/[A-Z][a-z][a-z]\/[0-9:]+ [-+][0-9]+\]/, "[…]", line)
    gsub(/curl\/[0-9][0-9.]*/, "curl/…", line)
    if (match(line, /sent("[^:]*:"| +)[0-9]+ octets/) && line ~ /^[c{]/) {
        head = substr(line, 1, RSTART + RLENGTH - 1)
        sub(/[0-9]+ octets$/, "… octets", head)
        line = head substr(line, RSTART + RLENGTH)
    }
    if (is_json) gsub(/"at":[0-9]+/, "\"at\":\"…\"", line)
    if (is_json) gsub(/"turn":[0-9]+/, "\"turn\":\"…\"", line)
    return line
}

BEGIN {
    names = split("Date Last-Modified ETag If-Match If-None-Match If-Modified-Since " \
        "If-Unmodified-Since If-Range", name, " ")
}

/received("[^:]*:"| +)nothing yet("|$)/ { next }
/(waits|resumed)("[^:]*:"| +)(it waited )?for the first octet/ { next }

# The rule at the end of a line of text goes back to the column that it had.
function align(line, was,    rule, words) {
    if (!match(was, / RFC [0-9]+ §[0-9.]+$/)) return line
    rule = substr(was, RSTART + 1)
    was = substr(was, 1, RSTART)
    words = substr(line, 1, length(line) - length(rule))
    while (columns(words) < columns(was)) words = words " "
    return words rule
}

{
    is_json = $0 ~ /^\{"at":/
    line = mask($0)
    print line == $0 || is_json ? line : align(line, $0)
}
