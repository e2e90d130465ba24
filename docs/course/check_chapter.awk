# check_chapter.awk: the form of a chapter, and of its answers.
#
#     awk -f page.awk -f check_chapter.awk FACTS docs/answers.md docs/chapters/NN-name.md...
#
# "# N Title", a line that says what you will understand, then at least these sections, in this
# order: Run, The problem, Fill it in (where docs/course/taught.txt has functions of it), Questions:
# 1. 2. 3., Words: nothing but links to the glossary, RFC. At most 1,500 words outside fences.
# docs/answers.md has "## N Title", and beneath it 1. 2. 3.

BEGIN { FS = "\t"; most = 1500 }

NR == FNR { if ($1 == "teaches") teaches[$2] = 1; next }

FILENAME == "docs/answers.md" {
    if (!in_fence && /^## /) chapter = substr($0, 4)
    if (!in_fence && /^[1-9]\. /) answers[chapter] = answers[chapter] substr($0, 1, 1)
    if (!in_fence && /^## /) answered_at[chapter] = FNR
    next
}

FNR == 1 { end_chapter(); begin_chapter() }
{ last_line = FNR }
at_fence || in_fence { next }
{ words += count_words($0) }
/^## / { section = substr($0, 4); check_section() ; next }
section == "" && FNR > 1 && /[A-Za-z]/ { promised = 1 }
section == "Questions" && /^[1-9]\. / { questions = questions substr($0, 1, 1) }
section == "Words" { words_text = words_text $0 " " }
section == "RFC" && /RFC [0-9]+/ { names_rfc = 1 }

function begin_chapter() {
    page = FILENAME
    split(substr(page, 15), part, "-")
    number = part[1] + 0
    words = promised = order = names_rfc = 0
    questions = section = words_text = ""
    split("", seen)
    title = substr($0, 3)
    if ($0 !~ "^# " number " [^ ]") wrong(1, "it has to begin with: # " number " Title")
}
function count_words(line,    part) {
    sub(/^ */, "", line)
    return split(line, part, / +/)
}
# Sections between these are the chapter's own.
function check_section(    place) {
    place = index("Run;The problem;Fill it in;Questions;Words;RFC;", section ";")
    if (!place) return
    if (seen[section]++) wrong(FNR, "a second section " section)
    if (place < order) wrong(FNR, "the section " section " stands too late")
    order = place
    if (section == "Words") words_at = FNR
}
function check_links(text) {
    linked = gsub(/\[[^]]*\]\(\.\.\/glossary\.md#[^)]*\)/, "", text)
    gsub(/[ ,.]+/, " ", text)
    if (text ~ /[A-Za-z]/) wrong(words_at, "not linked to the glossary:" text)
    if (!linked) wrong(words_at, "no word is linked to the glossary")
}
function need(name) {
    if (!(name in seen)) wrong(last_line, "there is no section ## " name)
}
# wrong() names FILENAME, which is the next page by now.
function end_chapter(    next_page) {
    if (page == "") return
    next_page = FILENAME
    FILENAME = page
    need("Run")
    need("The problem")
    if (number in teaches) need("Fill it in")
    need("Questions")
    need("Words")
    need("RFC")
    if (!promised) wrong(1, "before ## Run it has to say what you will understand")
    if (questions != "123") wrong(last_line, "it has to have three questions: 1. 2. 3.")
    if ("Words" in seen) check_links(words_text)
    if (!names_rfc) wrong(last_line, "no RFC is named in ## RFC")
    if (words > most) wrong(last_line, "at most " most " words outside fences, not " words)
    if (answers[title] != "123") {
        FILENAME = "docs/answers.md"
        wrong(answered_at[title] + 0, "the answers 1. 2. 3. to ## " title " are not there")
    }
    FILENAME = next_page
    page = ""
}
END { end_chapter(); exit bad }
