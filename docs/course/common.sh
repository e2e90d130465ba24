# shellcheck shell=sh
# What all scripts of the course share; sourced from the tree's root.

course_stop() { # course_stop STATUS MESSAGE...
    status=$1
    shift
    printf 'learn: %s\n' "$*" >&2
    exit "$status"
}

# copy_tree DIR: all of this tree but what was built, what git keeps, and other copies.
copy_tree() {
    for entry in * .[!.]*; do
        case $entry in build | .git | work | .course) continue ;; esac
        [ ! -d "$entry/.course" ] || continue
        cp -Rp "$entry" "$1/"
    done
}
