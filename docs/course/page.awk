# page.awk: what the checks of pages have in common; read before each of them.

function wrong(line, message) {
    print FILENAME ":" line ": " message
    bad = 1
}

# The first line of a page. A page of the course holds the course's kinds of fences only.
FNR == 1 {
    fence = ""
    in_course = FILENAME ~ /^docs\/(chapters|exercises|hunts)\//
    directory = FILENAME
    if (!sub(/\/[^\/]*$/, "", directory)) directory = ""
}

# Where the line stands: at_fence says that it opens or closes a fence, in_fence that it is in one.
# info is what stands behind the three signs, indent how far they stand in.
{
    at_fence = 0
    in_fence = fence != ""
    if (in_fence ? $0 ~ "^ *" fence " *$" : match($0, /^ *```+/)) {
        at_fence = 1
        if (in_fence) {
            fence = ""
        } else {
            fence = substr($0, RSTART, RLENGTH)
            indent = index(fence, "`") - 1
            fence = substr(fence, indent + 1)
            info = substr($0, RSTART + RLENGTH)
            gsub(/^ +| +$/, "", info)
            opened = FNR
        }
    }
}

# GitHub's anchor of a heading: small letters, without what is no letter, digit, hyphen or _, and
# with hyphens for spaces. Of octets above 127 all but letters go.
function anchor_of(heading) {
    sub(/^#+ +/, "", heading)
    sub(/ +#* *$/, "", heading)
    while (match(heading, /\]\([^)]*\)/))
        heading = substr(heading, 1, RSTART - 1) substr(heading, RSTART + RLENGTH)
    gsub(/\342[\200-\277][\200-\277]|\302[\200-\277]|\303[\227\267]/, "", heading)
    heading = tolower(heading)
    gsub(/[^-a-z0-9_ \200-\377]/, "", heading)
    gsub(/ /, "-", heading)
    return heading
}
