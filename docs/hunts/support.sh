# For the proofs of the hunts, which read it with ".": a server of their own, and what to ask it.
# STRATA_PROGRAM: the server, build/serve/strata; beside it stands steps/11_send.
# shellcheck shell=sh
program=${STRATA_PROGRAM:-build/serve/strata}
send=$(dirname "$program")/steps/11_send
work=$(mktemp -d)
server=
mkdir "$work/site"
mkfifo "$work/says"

# A server that stands still heeds no other signal.
clean_up() {
    [ -z "$server" ] || kill -KILL "$server" 2>/dev/null || :
    rm -rf "$work"
}
trap clean_up EXIT
trap 'exit 2' HUP INT TERM

# serve COMMAND...: a command that ends in the server; port and server say where, and who, it is.
# What it says comes from descriptor 3.
serve() {
    "$@" --address 127.0.0.1 --port 0 --access-log none "$work/site" 2>"$work/says" &
    server=$!
    exec 3<"$work/says"
    await 'serving '
    port=$(echo "$line" | sed 's/.*:\([0-9]*\)\/$/\1/')
}

# await TEXT: reads what the server says, up to a line with this text.
await() {
    while read -r line <&3; do
        case $line in *"$1"*) return ;; esac
    done
    echo "the server said nothing of '$1'"
    exit 2
}

request() { # request TARGET
    printf 'GET %s HTTP/1.1\r\nHost: hunt\r\n\r\n' "$1"
}

ask() { # sends standard input, prints what comes back
    timeout 8 "$send" "$port" || :
}

statuses() { # of the answers in standard input
    sed -n 's/.*HTTP\/1\.1 \([0-9]*\) .*/\1/p' | tr '\n' ' '
}
