#!/bin/sh
# tier: full
#
# The same octets to strata, nginx and lighttpd, every case of tests/differential/cases on a
# connection of its own. What is compared: the status codes answered, in order, and whether the
# connection was closed after them.
#
# strata has to answer as its case says. Where the three do not agree, docs/differences.md has to
# have the case, with the three answers as they are and a judgement; and it has to have no other.
set -u
: "${STRATA_SOURCE_DIR:?}"
# shellcheck source=tests/clients/support/servers.sh
. "$STRATA_SOURCE_DIR/tests/clients/support/servers.sh"
LC_ALL=C # octets are not characters
export LC_ALL
PATH=$PATH:/usr/sbin # for users whose path is shorter

needs nginx lighttpd "${CC:-cc}"
cases=$STRATA_SOURCE_DIR/tests/differential/cases
table=$STRATA_SOURCE_DIR/docs/differences.md
begin

# 1. The site, and the three that serve it.
cd root || exit
echo probe >probe.txt
: >empty.txt
printf 0123456789 >ten.txt
mkdir dir empty .well-known
for name in index.html about.html dir/index.html .hidden .well-known/security.txt ../secret.txt; do
    echo "this is $name" >"$name"
done
ln -s probe.txt inside.txt
ln -s ../secret.txt outside.txt
ln -s "$PWD/probe.txt" absolute.txt
mkfifo fifo
TZ=UTC touch -d '2020-01-02 03:04:05' ten.txt
cd ..

# By default lighttpd refuses all content of GET, and has no validators for files of no known type.
cat >lighttpd.template <<END
server.bind = "127.0.0.1"
server.port = PORT
server.document-root = "$scratch/root"
server.max-keep-alive-idle = 30
server.http-parseopts = ( "method-get-body" => "enable" )
index-file.names = ( "index.html" )
mimetype.assign = ( ".html" => "text/html", ".txt" => "text/plain" )
END

"${CC:-cc}" -std=c11 -D_GNU_SOURCE -pthread -o converse \
    "$STRATA_SOURCE_DIR/tests/differential/converse.c" || exit 1

# 2. The conversations.
"$STRATA_PROGRAM" --version
start_strata root
./converse "$port" "$cases" >strata.answers || failed 'converse with strata' 0 "$?"
start_nginx "
    server {
        listen 127.0.0.1:PORT;
        root $scratch/root;
    }"
./converse "$port" "$cases" >nginx.answers || failed 'converse with nginx' 0 "$?"
lighttpd -v | head -n 1
start_other lighttpd lighttpd.template lighttpd -D -f "$scratch/lighttpd.conf"
./converse "$port" "$cases" >lighttpd.answers || failed 'converse with lighttpd' 0 "$?"

# 3. The comparison.
[ -r "$table" ] || table=/dev/null
awk -F '\t' '
function wrong(name, what, expected, seen) {
    printf "FAILED: %s: %s\n  expected: %s\n  seen:     %s\n", name, what, expected, seen
    bad++
}
FILENAME ~ /answers$/ { # NAME, a tab, ANSWER
    server = FILENAME
    sub(/\.answers$/, "", server)
    answer[server, $1] = $2
    next
}
FILENAME ~ /cases$/ {
    if (sub(/^case /, "")) order[++cases] = name = $0
    if (!sub(/^want /, "")) next
    wanted[name]++
    if (answer["strata", name] != $0)
        wrong(name, "what strata answers", $0, answer["strata", name])
    next
}
/^\| / { # a row: CASE, three answers, the judgement
    split($0, cell, / *\| */)
    if (!(("strata", cell[2]) in answer)) {
        if (cell[2] != "case") wrong(cell[2], "a row of docs/differences.md", "a case", "none")
        next
    }
    rows[cell[2]]++
    row[cell[2]] = cell[3] " | " cell[4] " | " cell[5]
    if (cell[6] == "") wrong(cell[2], "its judgement", "a sentence", "nothing")
}
END {
    for (i = 1; i <= cases; i++) {
        name = order[i]
        strata = answer["strata", name]
        nginx = answer["nginx", name]
        lighttpd = answer["lighttpd", name]
        seen = strata " | " nginx " | " lighttpd
        if (wanted[name] != 1) wrong(name, "answers wanted of strata", 1, wanted[name] + 0)
        if (strata == nginx && strata == lighttpd) {
            if (rows[name]) wrong(name, "docs/differences.md has it", "no row", row[name])
            continue
        }
        differences++
        if (rows[name] != 1) wrong(name, "rows in docs/differences.md", "| " name " | " seen " |",
            rows[name] + 0)
        else if (row[name] != seen) wrong(name, "its row in docs/differences.md", seen, row[name])
    }
    printf "%d cases, %d differences\n", cases, differences
    exit bad > 0 || cases == 0
}' strata.answers nginx.answers lighttpd.answers "$cases" "$table" || failures=$((failures + 1))
