#!/bin/sh
# tier: full
# .vscode/ is JSON that any parser takes, and what it names is there: tasks, programs, options,
# files.
set -u
: "${STRATA_PROGRAM:?}" "${STRATA_SOURCE_DIR:?}" "${STRATA_BUILD_DIR:?}"
# shellcheck source=tests/clients/support/servers.sh
. "$STRATA_SOURCE_DIR/tests/clients/support/servers.sh"

needs jq
begin
vscode=$STRATA_SOURCE_DIR/.vscode
for file in launch tasks extensions; do
    jq empty "$vscode/$file.json" 2>complaint ||
        failed "$file.json" 'JSON without comments' "$(cat complaint)"
done

is 'what can be launched' \
    'strata: one thread, no deadlines|one test|attach to a running strata|core file' \
    "$(jq -r '[.configurations[].name] | join("|")' "$vscode/launch.json")"

# One NAME a line, of the KIND that stands before it.
{
    jq -r '.configurations[] | (.preLaunchTask // empty | "task \(.)"), "path \(.program)",
        (.setupCommands[].text | ltrimstr("source ") | "path \(.)"),
        (.environment // [] | .[].value | "path \(.)"), (.args // [] | .[] | "argument \(.)")
        ' "$vscode/launch.json"
    jq -r '.tasks[] | (.dependsOn // empty | "task \(.)"),
        (select(.command == "./learn") | "verb \(.args[0])"),
        (.args as $all | $all | to_entries[] | select(.value == "--target" or .value == "--preset")
            | "\(.value | ltrimstr("--")) \($all[.key + 1])")' "$vscode/tasks.json"
    jq -r '.configurations | tostring | scan("[$]{input:[a-z]+}")[8:-1] | "input \(.)"' \
        "$vscode/launch.json"
    jq -r '.inputs[] | select(.id == "test") | "path build/dev/tests/\(.default)"' \
        "$vscode/launch.json"
} | sort -u >named

is_there() { # KIND NAME
    case $1 in
    task) jq -e --arg name "$2" 'any(.tasks[]; .label == $name)' "$vscode/tasks.json" ;;
    input) jq -e --arg name "$2" 'any(.inputs[]; .id == $name)' "$vscode/launch.json" ;;
    preset) jq -e --arg name "$2" 'any(.configurePresets[]; .name == $name)' \
        "$STRATA_SOURCE_DIR/CMakePresets.json" ;;
    target) cmake --build "$STRATA_BUILD_DIR" --target help | grep -qE "^(\.\.\. )?$2(:|$)" ;;
    verb) grep -q "^$2) ##" "$STRATA_SOURCE_DIR/learn" ;;
    argument)
        case $2 in
        --*) "$STRATA_PROGRAM" --help | grep -q -e "$2\>" ;;
        [0-9]*) ;;
        *) [ -d "$STRATA_SOURCE_DIR/$2" ] ;;
        esac
        ;;
    path) # build/dev is a build with tests, build/serve one without
        name=${2#"\${workspaceFolder}"}
        name=${name#/}
        case $name in
        build/serve/strata) [ -x "$STRATA_PROGRAM" ] ;;
        build/dev/tests/*input:test*) [ -d "$STRATA_BUILD_DIR/tests" ] ;;
        build/dev/*) [ -x "$STRATA_BUILD_DIR/${name#build/dev/}" ] ;;
        *) [ -e "$STRATA_SOURCE_DIR/$name" ] ;;
        esac
        ;;
    *) false ;;
    esac >/dev/null 2>&1
}

while read -r kind name; do
    is_there "$kind" "$name" && echo "ok: the $kind $name" && continue
    failed "the $kind $name" 'it is there' 'it is not'
done <named
for kind in argument input path preset target task verb; do
    grep -q "^$kind " named || failed "a $kind" "one is named in $vscode" "$(cat named)"
done
