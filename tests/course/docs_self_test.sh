#!/bin/sh
# A check that cannot fail proves nothing. A page in which all is well is green; each fault that is
# planted, one at a time, turns it red, for that reason, in that file and line.
# tier: full
#
# shellcheck disable=SC2016 # the backticks are Markdown's
set -eu
: "${STRATA_SOURCE_DIR:?}" "${STRATA_BUILD_DIR:?}"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
copy=$work/tree
mkdir -p "$copy/tests" "$work/kept"
(cd "$STRATA_SOURCE_DIR" && cp -R README.md learn docs transport http fs server www "$copy")
(cd "$STRATA_SOURCE_DIR/tests" && cp -R http fs course "$copy/tests")
rm -rf "$copy/docs/chapters" "$copy/docs/exercises" "$copy/docs/hunts"
mkdir "$copy/docs/chapters"
page=docs/chapters/01-planted.md

cat >"$work/sound.md" <<'END'
# 1 Planted

You will understand a page in which all is well.

## Run

```console server
$ build/serve/steps/02_echo 8080
listens at 127.0.0.1 port 8080
```

```console
$ printf 'abc\n' | build/serve/steps/11_send 8080
abc
$ cd www; x=one; \
> echo "$x" two
one two
$ ls index.html; cd ..; ls nothing
index.html
ls: …'nothing'…
$ seq 9
1
…
8
9
```

```console server output
recv 1: … octets
…
```

```console figure ^[0-9]+ octets$
$ echo "$(wc -c <www/index.html) octets"
12 octets
```

```c connection_remove
void connection_remove(struct connection *connection, size_t offset, size_t length)
{
    …
}
```

1. Indented, and the beginning and the end left out:

   ```c connection_peer
   …
   {
   …
   ```

```c struct listeners
struct listeners {
    size_t count;
    …
};
```

```def server/methods.def
…
METHOD("GET", method_get, 0, 0)
…
```

```text
anything at all
```

The function `connection_remove()` of `transport/connection.c`, tested by `test_host` and
`test_http_1_1_needs_a_host`; `strata --no-cache www`, `--explain=http`, `./learn start 1`,
`curl --path-as-is`, `a code that
goes on with build/serve/steps/03_parse`; [above](#run),
[the page](../http.md#one-request-seven-steps), and RFC 9110 §15.4, RFC 9112 §9.3.

## The problem

## Fill it in

## Questions

1. One?
2. Two?
3. Three?

## Words

[planted word](../glossary.md#planted-word)

## RFC

RFC 9112 §3
END
printf '\n## planted word\n\nA word that was planted.\n' >>"$copy/docs/glossary.md" # out of order
printf '\n## 1 Planted\n\n1. One.\n2. Two.\n3. Three.\n' >>"$copy/docs/answers.md"
printf '\n[Planted](chapters/01-planted.md)\n' >>"$copy/docs/README.md"
changed='docs/glossary.md docs/README.md docs/answers.md server/options.def server/methods.def learn
    transport/connection.c tests/http/test_host.c'
for file in $changed; do
    cp "$copy/$file" "$work/kept/${file##*/}"
done

planted=0
failed=0
how=--read
check() {
    STRATA_SOURCE_DIR=$copy sh "$copy/docs/course/check_docs.sh" $how "$page" 2>&1
}
complain() { # complain MESSAGE OUTPUT
    printf '%s; it said:\n%s\n\n' "$1" "$2"
    failed=$((failed + 1))
}
change() { # change FILE PROGRAM: sed, which has to change something
    sed "$2" "$copy/$1" >"$work/changed"
    ! cmp -s "$copy/$1" "$work/changed" || complain "sed changed nothing: $2" "$1"
    cat "$work/changed" >"$copy/$1"
}
uproot() {
    cp "$work/sound.md" "$copy/$page"
    for file in $changed; do
        cmp -s "$work/kept/${file##*/}" "$copy/$file" ||
            cp "$work/kept/${file##*/}" "$copy/$file"
    done
}
red_at() { # red_at FILE LINE MESSAGE
    planted=$((planted + 1))
    if output=$(check); then
        complain "it stayed green, wanted: $1:$2: $3" "$output"
    elif ! printf '%s\n' "$output" | grep -qF -- "$1:$2: $3"; then
        complain "it turned red, but not with: $1:$2: $3" "$output"
    fi
    uproot
}
red() { # red TEXT MESSAGE: told at the last line of the page that has the text
    red_at $page "$(grep -nF -- "$1" "$copy/$page" | tail -n 1 | cut -d : -f 1)" "$2"
}
green() { # green WHAT
    planted=$((planted + 1))
    output=$(check) || complain "it turned red over $1" "$output"
    uproot
}
fault() { # fault PROGRAM TEXT MESSAGE: sed plants it into the page; it is told at the line of TEXT
    change $page "$1"
    red "$2" "$3"
}

uproot
green 'a page in which all is well'

# --- fences with code ----------------------------------------------------------------------------
fault 's/size_t length)$/size_t size)/' 'size_t size)' 'not, or not here, in connection_remove'
fault 's/size_t count;/size_t number;/' 'size_t number' 'not, or not here, in listeners'
fault '/^struct listeners {/d' 'size_t count;' 'not, or not here, in listeners'
fault '/size_t count;/{n;d;}' '};' 'not, or not here, in listeners'
fault '/^METHOD/{n;d;}' 'METHOD("GET"' 'server/methods.def goes on'
fault 's/c connection_remove/c connection_gone/' '```c connection_gone' \
    'the tree has no function or type connection_gone'
fault 's/def server.methods.def/def server\/method.def/' server/method.def 'the tree has no file'
fault 's/^```text/```python/' '```python' 'unknown kind of fence'
fault 's/^```text/```sh/' '```sh' 'unknown kind of fence'
fault '/^anything at all/{n;d;}' '```text' 'the fence is not closed'
change transport/connection.c 's/connection_remove(/connection_cut(/'
red 'void connection_remove' 'not, or not here, in connection_remove (transport/connection.h'
change transport/connection.c 's/^void connection_remove(.*/void connection_remove(int all)/'
red 'void connection_remove' 'not, or not here, in connection_remove'
change server/methods.def '/"GET"/d'
red 'METHOD("GET"' 'not, or not here, in server/methods.def'

# --- what is named -------------------------------------------------------------------------------
fault 's/http.md#one/https.md#one/' https.md 'dead link: there is no docs/https.md'
fault 's/#one-request/#two-requests/' two-requests 'dead link: docs/http.md has no #two-requests'
fault 's/(#run)/(#runs)/' '(#runs)' "dead link: $page has no #runs"
fault 's/glossary.md#planted/glossary.md#plant/' plant-word \
    'dead link: docs/glossary.md has no #plant-word'
change docs/glossary.md '/^A word that was planted/d'
red 'glossary.md#planted' 'the glossary has the word, but does not say what it means: planted-word'
page=docs/glossary.md # the word is the last one, and out of order
red '## planted word' 'not in the order of the alphabet: planted-word'
page=docs/chapters/01-planted.md
fault 's/connection_remove()/connection_gone()/' connection_gone 'no source has a function'
fault 's/`connection_remove()`/connection_gone()/' connection_gone 'no source has a function'
fault 's/transport.connection.c/transport\/connections.c/' connections.c \
    'the tree has no transport/connections.c'
fault 's/steps.03_parse/steps\/03_parser/' 'a code that' 'the tree has no docs/steps/03_parser.c'
fault 's/test_http_1_1_needs/test_http_1_2_needs/' 1_2_needs 'no test is called'
change tests/http/test_host.c 's/test_http_1_1_needs/test_http_1_2_needs/'
red 1_1_needs 'no test is called test_http_1_1_needs_a_host'
fault 's/--no-cache/--no-cash/' --no-cash 'strata has no option --no-cash'
fault 's/--explain=/--explains=/' --explains 'nothing of ours has an option --explains'
change server/options.def 's/"no-cache"/"no-store"/'
red --no-cache 'strata has no option --no-cache'
fault 's/learn start 1/learn begin 1/' 'learn begin' './learn has no verb begin'
change learn 's/^start) ##/begin) ##/'
red 'learn start' './learn has no verb start'
fault 's/§15.4,/§15.44,/' 15.44 'there is no RFC 9110 §15.44'
fault 's/§9.3\.$/§9.33./' 9.33 'there is no RFC 9112 §9.33'

# --- chapters and answers ------------------------------------------------------------------------
fault 's/^# 1 Planted/# 2 Planted/' '# 2 Planted' 'it has to begin with: # 1 Title'
change $page 's/^## Planted/## Other/; /^## Run/s/.*/## Walk/'
red 'RFC 9112 §3' 'there is no section ## Run'
fault '/^## The problem/d' 'RFC 9112 §3' 'there is no section ## The problem'
fault '/^## Fill it in/d' 'RFC 9112 §3' 'there is no section ## Fill it in'
fault 's/^## The problem/## Questions/' '## Fill it in' 'the section Fill it in stands too late'
fault '/^3\. Three/d' 'RFC 9112 §3' 'it has to have three questions'
fault 's/^\[planted word\].*/&, other/' '## Words' 'not linked to the glossary: other'
fault '/^\[planted word\]/d' '## Words' 'no word is linked to the glossary'
fault '/^You will understand/d' '# 1 Planted' 'before ## Run it has to say'
awk 'BEGIN { print ""; for (i = 0; i < 500; i++) print "one two three" }' >>"$copy/$page"
red_at $page "$(wc -l <"$copy/$page")" 'at most 1500 words outside fences, not 15'
awk 'BEGIN { print "\n```text"; for (i = 0; i < 500; i++) print "one two three"; print "```" }' \
    >>"$copy/$page"
green 'many words in a fence'
change docs/README.md '/chapters\/01-planted/d'
red_at docs/README.md 1 'there is no link to chapters/01-planted.md'
change docs/answers.md '/^## 1 Planted/,$d'
red_at docs/answers.md 0 'the answers 1. 2. 3. to ## 1 Planted are not there'
change docs/answers.md '/^## 1 Planted/,${/^2\. Two/d;}'
red_at docs/answers.md "$(grep -n '^## 1 Planted' "$copy/docs/answers.md" | cut -d : -f 1)" \
    'the answers 1. 2. 3. to ## 1 Planted are not there'

# --- consoles ------------------------------------------------------------------------------------
fault 's/^12 octets/12 lines/' '```console figure' 'no line of what is shown is like'
fault 's/^\$ printf/printf/' "printf 'abc" 'it has to begin with: $ command'

how=--run
green 'a page whose commands print what it shows'
fault 's/^one two$/one three/' '$ cd www' 'it does not print what is shown'
fault 's/^8$/7/' '$ seq' 'it does not print what is shown'
fault '/^9$/d' '$ seq' 'it does not print what is shown'
fault 's/^\$ seq 9$/$ seq 9 | grep 10/; /^1$/,/^9$/d' '$ seq' \
    'it fails, and does not say why: status 1'
fault 's/^\$ seq 9$/$ exit 3/; /^1$/,/^9$/d' '$ exit' \
    'it did not end within 20 seconds, or it ended'
fault 's/^\$ seq 9$/$ seq 9 | (/' '$ seq' 'it did not end within 20 seconds, or it ended'
fault 's/^\$ echo .*/$ wc -c www\/index.html/' '$ wc' 'it prints no line like ^[0-9]+ octets$'
fault 's/^\(\$ echo "$(wc.*\)/\1; false/' '$ echo "$(wc' 'it failed: status 1'
fault 's/^listens at/is at/' '02_echo 8080' 'until it serves it does not print that'
fault 's/^recv 1/recv 2/' 'server output' 'the server did not print that'
fault 's/02_echo 8080/01_listen 80800/' 80800 'it does not listen at port 8080'

echo "$planted planted: $failed wrong"
[ $failed -eq 0 ]
