#!/bin/sh
# tier: full
# shellcheck disable=SC2317 # what is run by name is reached
#
# A few seconds of ./learn soak, so that it stays alive; and it can fail: rows that grow, a server
# that lies, one that dies and one that does not end in order are each seen.
set -u
: "${STRATA_PROGRAM:?}" "${STRATA_BUILD_DIR:?}"
cd "${STRATA_SOURCE_DIR:?}" || exit
soak=$PWD/tests/soak
strata=$STRATA_PROGRAM
SOAK_RESULTS=$STRATA_BUILD_DIR/soak
export SOAK_RESULTS STRATA_PROGRAM
failures=0

expect() { # expect WHAT STATUS TEXT COMMAND...: it ends with this status and says this, in whatever lines
    what=$1 wanted=$2 text=$3
    shift 3
    "$@" >"$SOAK_RESULTS/said" 2>&1
    status=$?
    if [ $status -eq "$wanted" ] && grep -qz -e "$text" "$SOAK_RESULTS/said"; then
        echo "ok: $what"
        return
    fi
    printf 'FAILED: %s: %d, not %d with "%s"; it said:\n' "$what" $status "$wanted" "$text"
    cat "$SOAK_RESULTS/said"
    failures=$((failures + 1))
}

rows() { # rows COLUMN SHARE: a hundred, in which that column grows by so much of itself
    awk -v column="$1" -v share="$2" 'BEGIN {
        OFS = ","
        print "second,answers_per_s,p99_us,memory_kib,descriptors,threads,cpu_percent,answers,wrong"
        for (second = 1; second <= 100; second++) {
            $0 = second " 3000 900 40000 900 5 70 " 3000 * second " 0"
            $column *= 1 + share * second / 100
            $1 = $1
            print
        }
    }' >"$SOAK_RESULTS/rows.csv"
}

# planted SECONDS COMMANDS: a run with a server that is a script of these; $STRATA is the true one.
planted() {
    printf '#!/bin/sh\nfor site; do :; done\n%s\n' "$2" >"$SOAK_RESULTS/planted"
    chmod +x "$SOAK_RESULTS/planted"
    STRATA=$strata STRATA_PROGRAM=$SOAK_RESULTS/planted sh "$soak/soak.sh" "$1"
}

judge() {
    awk -f "$soak/soak.awk" "$SOAK_RESULTS/rows.csv"
}

mkdir -p "$SOAK_RESULTS"
expect 'a short run' 0 \
    'soak: flat: memory.*soak: passed; answers: [1-9][0-9]* good, 0 wrong, 0 cut, 0 missing;' \
    sh "$soak/soak.sh" 8
# shellcheck disable=SC2016 # for the script
expect 'a server that lies, and does not end in order' 1 \
    'ended with 3.*wrong: octets.*FAILED; answers: [1-9][0-9]* good, [1-9][0-9]* wrong,' planted 2 '
    printf X | dd of="$site/00/0040.txt" conv=notrunc 2>/dev/null
    "$STRATA" "$@" &
    child=$!
    trap "kill -s TERM $child" TERM
    wait
    wait
    exit 3'
# shellcheck disable=SC2016
expect 'a server that dies' 1 \
    'the server was gone.*FAILED; answers: [1-9][0-9]* good, .* [1-9][0-9]* missing;' planted 8 \
    'exec timeout -s KILL 6 "$STRATA" "$@"'

rows 4 0.02
expect 'what hardly grows is flat' 0 '^flat: memory 39.. to 39.. MiB' judge
for column in 4 5 6; do
    rows $column 1
    expect "column $column grows" 1 '^not flat, [a-z]* grew' judge
done
rm -f "$SOAK_RESULTS/planted" "$SOAK_RESULTS/rows.csv" "$SOAK_RESULTS/said"
exit $failures
