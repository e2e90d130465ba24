# anchors.awk: prints "anchor", tab, PAGE#ANCHOR for each heading of the pages, as GitHub counts
# them: the second of a name has -1. Also "undefined", tab, ANCHOR for each word of the glossary
# with nothing behind it. With page.awk before it.
FNR == 1 { split("", times); end_word(); is_glossary = FILENAME == "docs/glossary.md"; word = "" }
!in_fence && !at_fence && /^#+ / {
    anchor = anchor_of($0)
    number = times[anchor]++
    print "anchor\t" FILENAME "#" anchor (number ? "-" number : "")
    end_word()
    if (is_glossary && /^## /) { word = anchor; meaning = "" }
    next
}
!in_fence && match($0, /<a (id|name)="[^"]*"/) {
    anchor = substr($0, RSTART, RLENGTH - 1)
    sub(/^.*"/, "", anchor)
    print "anchor\t" FILENAME "#" anchor
}
word != "" { meaning = meaning $0 }
END { end_word() }

function end_word() {
    if (word != "" && meaning ~ /^ *$/) print "undefined\t" word
    word = ""
}
