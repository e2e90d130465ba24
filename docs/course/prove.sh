#!/bin/sh
# prove.sh [chapters|exercises|hunts]...: red before, green after: of the chapters, the exercises,
# the bug hunts; all of them where none is named. It says how long each took.
set -eu
failed=
[ $# -gt 0 ] || set -- chapters exercises hunts
for kind in "$@"; do
    case $kind in chapters | exercises | hunts) ;; *)
        echo "learn: prove takes chapters, exercises or hunts, not '$kind'" >&2
        exit 64
        ;;
    esac
done
for kind in "$@"; do
    echo "== $kind =="
    began=$(date +%s)
    sh "docs/course/prove_$kind.sh" || failed="$failed $kind"
    echo "$kind: $(($(date +%s) - began)) s"
done
[ -z "$failed" ] || echo "not proven:$failed"
[ -z "$failed" ]
