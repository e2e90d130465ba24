#!/bin/sh
# tour.sh [1|2|3] [--batch]: a tour through the running server in gdb, as stops.txt has it. --batch:
# nobody is asked, and what gdb prints is compared with what it has to print; all tours, if none is
# named. STRATA_PROGRAM: the server; STRATA_STOPS: another list of stops.
set -eu
cd "$(dirname "$0")/../.."
if [ -e .course/begun ]; then
    echo 'tour: this is a copy to write in; a tour needs the finished tree: go to the directory where' >&2
    echo '      you said ./learn start' >&2
    exit 1
fi
program=${STRATA_PROGRAM:-build/serve/strata}
stops=${STRATA_STOPS:-docs/debugger/stops.txt}
tours=
STRATA_TOUR_BATCH=0
for argument in "$@"; do
    case $argument in
    [123]) tours=$argument ;;
    --batch) STRATA_TOUR_BATCH=1 ;;
    *)
        echo "tour: '$argument' is not 1, 2, 3 or --batch" >&2
        exit 64
        ;;
    esac
done
STRATA_TOUR=$(mktemp -d)
export STRATA_TOUR STRATA_TOUR_BATCH
trap 'rm -rf "$STRATA_TOUR"' EXIT
trap : INT # it is for gdb, or for the server

from_stops() { # WANT TOUR
    LC_ALL=C awk -v want="$1" -v tour="$2" -f docs/debugger/stops.awk "$stops"
}

client_is_done() { # within so many tenths of a second
    tenths=0
    until [ -e "$STRATA_TOUR/finished" ]; do
        tenths=$((tenths + 1))
        [ $tenths -le "$1" ] || return 1
        sleep 0.1
    done
}

batch() { # TOUR: one continue a stop; after the last one the server ends
    from_stops gdb "$1" >"$STRATA_TOUR/gdb"
    from_stops expected "$1" >"$STRATA_TOUR/expected"
    sed -n 's/^define stop_.*/continue/p' "$STRATA_TOUR/gdb" >"$STRATA_TOUR/continue"
    timeout -k 5 60 gdb -nx -q -batch -x docs/debugger/strata.gdb -x "$STRATA_TOUR/gdb" \
        -x "$STRATA_TOUR/continue" "$program" </dev/null >"$STRATA_TOUR/seen" 2>&1 || :
    echo '[Inferior 1 (process …) exited normally]' >>"$STRATA_TOUR/expected"
    echo "$(grep -c '^continue' "$STRATA_TOUR/continue") stops" >>"$STRATA_TOUR/expected"
    echo "$(grep -c '^--- stop ' "$STRATA_TOUR/seen") stops" >>"$STRATA_TOUR/seen"
    if LC_ALL=C awk -f docs/debugger/compare.awk "$STRATA_TOUR/expected" "$STRATA_TOUR/seen" &&
        client_is_done 200; then
        tail -n 1 "$STRATA_TOUR/seen" | sed "s/^/tour $1: /"
        cat "$STRATA_TOUR/told"
        return
    fi
    echo "FAILED: tour $1. gdb said:"
    cat "$STRATA_TOUR/seen"
    exit 1
}

if [ $STRATA_TOUR_BATCH = 1 ]; then
    for tour in ${tours:-1 2 3}; do
        batch "$tour"
        rm -f "$STRATA_TOUR"/*
    done
    exit
fi
from_stops gdb "${tours:-1}" >"$STRATA_TOUR/gdb"
gdb -nx -q -x docs/debugger/strata.gdb -x "$STRATA_TOUR/gdb" "$program" || :
if client_is_done 20; then cat "$STRATA_TOUR/told"; fi
