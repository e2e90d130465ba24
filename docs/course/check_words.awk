# check_words.awk: resolves what pages name: links and their anchors, sections of RFC 9110 and 9112,
# and in `inline code` functions, tests, files, options and verbs of ./learn.
#
#     awk -f page.awk -f check_words.awk FACTS PAGE.md...
#
# Options. Of code that begins with strata, a path that ends in /strata, ./learn serve or ./learn
# debug, each --word is an option of server/options.def. Of another ./learn VERB, and of code that
# begins with the option itself, it is that, or one that a script of the course reads. What belongs
# to another program stands behind its name: `curl --path-as-is`. It is not looked at.
#
# Files. A word whose first part is a directory of the tree is a file or directory of it, or of an
# exercise's solution; the ending .c or .h may be missing. In build/X/steps/NAME and work/PATH it is
# what those are made of. NN, N, NAME, LAYER, X, * and … stand for something: then what is before
# them has to be there. A bare NAME.c or NAME.def is a file somewhere in the tree.

BEGIN { FS = "\t"; others["--cap-add"] = 1 } # docker's: it stands in docs/debugger.md

NR == FNR { is[$1, $2] = 1; facts++; next }

FNR == 1 { rfc = ""; code = ""; ticks = 0; last_word = "" }

FILENAME == "docs/glossary.md" && !in_fence && /^## / {
    word = anchor_of($0)
    if (word <= last_word) wrong(FNR, "not in the order of the alphabet: " word)
    if (("undefined", word) in is) wrong(FNR, "it does not say what this means: " word)
    last_word = word
}

{ check_sections($0) }
at_fence || in_fence { end_paragraph(); next }
/^ *$/ { end_paragraph(); next }
/^ *([-*|#>]|[0-9]+\.)/ { end_paragraph() }
{
    text = read_line($0)
    check_links(text)
    check_functions(text, FNR)
}

# A section belongs to the RFC that was named last.
function check_sections(line,    word) {
    while (match(line, /RFC [0-9]+|§[0-9A-C][0-9.]*/)) {
        word = substr(line, RSTART, RLENGTH)
        line = substr(line, RSTART + RLENGTH)
        if (word ~ /^RFC/) { rfc = substr(word, 5); continue }
        sub(/^§/, "", word)
        sub(/\.+$/, "", word)
        if ((rfc == "9110" || rfc == "9112") && !(("section", rfc " " word) in is))
            wrong(FNR, "there is no RFC " rfc " §" word)
    }
}

# Inline code may go on in the next line, but not beyond its paragraph.
function end_paragraph() { ticks = 0; code = "" }

# Checks the inline code of a line; returns the rest of it.
function read_line(line,    rest, before, signs) {
    while (match(line, /`+/)) {
        before = substr(line, 1, RSTART - 1)
        signs = RLENGTH
        line = substr(line, RSTART + signs)
        if (!ticks) {
            rest = rest before
            ticks = signs
            began = FNR
            code = ""
        } else if (ticks == signs) {
            check_code(code before)
            ticks = 0
        } else {
            code = code before substr("```", 1, signs)
        }
    }
    if (!ticks) return rest line
    code = code line " "
    return rest
}

function check_links(text,    target) {
    if (match(text, /^\[[^]]+\]: +[^ ]+/)) {
        target = substr(text, RSTART, RLENGTH)
        sub(/^.*\]: +/, "", target)
        check_link(target)
    }
    while (match(text, /\]\([^)]*\)/)) {
        target = substr(text, RSTART + 2, RLENGTH - 3)
        text = substr(text, RSTART + RLENGTH)
        sub(/ +"[^"]*"$/, "", target)
        check_link(target)
    }
}
function check_link(target,    path, anchor, at) {
    if (target ~ /^(https?|mailto):/) return
    at = index(target, "#")
    anchor = at ? substr(target, at + 1) : ""
    path = at ? substr(target, 1, at - 1) : target
    path = path == "" ? FILENAME : plain_path((directory == "" ? "" : directory "/") path)
    if (path == "" || !(("path", path) in is))
        wrong(FNR, "dead link: there is no " (path == "" ? target : path))
    else if (at && !(("anchor", path "#" anchor) in is))
        wrong(FNR, "dead link: " path " has no #" anchor)
    else if (in_course && path ~ /\.svg$/)
        check_picture(path)
    if (path == "docs/glossary.md" && (("undefined", anchor) in is))
        wrong(FNR, "the glossary has the word, but does not say what it means: " anchor)
}
# Who cannot see a picture of the course is told what is in it.
function check_picture(path,    line, tells) {
    while ((getline line <path) > 0) tells = tells line
    close(path)
    if (tells !~ /<title/ || tells !~ /<desc/) wrong(FNR, path " has no <title> or no <desc>")
}
function plain_path(path) {
    sub(/\/+$/, "", path)
    gsub(/\/\.\//, "/", path)
    while (sub(/[^\/]+\/\.\.(\/|$)/, "", path)) continue
    sub(/\/$/, "", path)
    return path ~ /^(\.\.|\/)/ ? "" : path
}

function check_functions(text, line,    name) {
    while (match(text, /[A-Za-z_][A-Za-z0-9_]*\(\)/)) {
        name = substr(text, RSTART, RLENGTH - 2)
        text = substr(text, RSTART + RLENGTH)
        if (!(("function", name) in is)) wrong(line, "no source has a function " name "()")
    }
}

function check_code(code,    word, words, i) {
    gsub(/^ +| +$/, "", code)
    check_functions(code, began)
    words = split(code, word, / +/)
    if (word[1] == "./learn" && words > 1) check_verb(word[2])
    check_options(code, word, words)
    for (i = 1; i <= words; i++) {
        check_path(word[i])
        check_test(word[i])
    }
}
function check_verb(verb) {
    if (verb !~ /^([A-Z]+|…|-h|--help|help)$/ && !(("verb", verb) in is))
        wrong(began, "./learn has no verb " verb)
}
function check_options(code, word, words,    i, option, ours) {
    ours = code ~ /^([^ ]*\/)?strata( |$)/ || code ~ /^\.\/learn (serve|debug)( |$)/
    if (!ours && code !~ /^(--|\.\/learn )/) return
    for (i = 1; i <= words; i++) {
        if (!match(word[i], /^--[a-z][-a-z0-9]*/)) continue
        option = substr(word[i], RSTART, RLENGTH)
        if (("option", option) in is || option in others) continue
        if (ours) wrong(began, "strata has no option " option)
        else if (!(("learned", option) in is)) wrong(began, "nothing of ours has an option " option)
    }
}
function check_path(word,    path, first) {
    if (word ~ /^\//) return # of a target, or of the whole system
    sub(/^[<("']*(\.\/)?/, "", word)
    sub(/[:#].*$/, "", word)
    gsub(/[])>,;"'.]+$/, "", word)
    if (word ~ /^[a-z0-9_]+\.(c|def)$/ && !(("base", word) in is))
        wrong(began, "the tree has no file " word)
    sub(/^work\//, "", word)
    if (word !~ /^[A-Za-z0-9_.-]+\//) return
    if (word ~ /^build\/[A-Za-z]+\/steps\/[0-9a-z_]+$/)
        word = "docs/steps/" substr(word, index(word, "/steps/") + 7) ".c"
    first = substr(word, 1, index(word, "/") - 1)
    if (!(("top", first) in is)) return
    sub(/(^|\/)[^\/]*(\*|…|[{<]|(^|[\/_.-])(NN?|NAME|LAYER|X|DIR|VERB)([\/_.-]|$)).*$/, "", word)
    path = plain_path(word)
    if (path == "" || ("path", path) in is) return
    if (("path", path ".c") in is || ("path", path ".h") in is) return
    if (("path", "tests/" path ".c") in is) return # http/test_range: as tables of tests have it
    wrong(began, "the tree has no " path)
}
function check_test(word,    name) {
    while (match(word, /(^|[^A-Za-z0-9_])test_[a-z0-9_]+/)) {
        name = substr(word, RSTART, RLENGTH)
        word = substr(word, RSTART + RLENGTH)
        sub(/^[^t]/, "", name)
        if (word !~ /^[*A-Z…]/ && !(("test", name) in is)) wrong(began, "no test is called " name)
    }
}

END {
    if (facts < 1000) { print "check_words.awk: the facts are missing"; exit 1 }
    exit bad
}
