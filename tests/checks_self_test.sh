#!/bin/sh
# tier: learner
#
# A check that cannot fail proves nothing. This plants what size.sh and layering.sh forbid into a
# copy of the tree, one thing at a time, and wants each check to turn red for that reason; and it
# plants what is just still allowed, and wants green.
set -eu

cd "${STRATA_SOURCE_DIR:-$(dirname "$0")/..}"
build=${STRATA_BUILD_DIR:-build/dev}
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
mkdir "$copy/build" "$copy/tests"
cp -R transport http fs server "$copy"
cp tests/size.sh tests/layering.sh "$copy/tests"
cp "$build"/libstrata_*.a "$copy/build"

planted=0
failed=0

check() { # check NAME: runs tests/NAME.sh on the copy
    (cd "$copy" && STRATA_SOURCE_DIR=$copy STRATA_BUILD_DIR=$copy/build sh "tests/$1.sh" 2>&1)
}
complain() { # complain MESSAGE OUTPUT
    printf '%s; it said:\n%s\n\n' "$1" "$2"
    failed=$((failed + 1))
}
red() { # red NAME TEXT: the check must fail and say TEXT
    planted=$((planted + 1))
    if output=$(check "$1"); then
        complain "$1 stayed green, wanted: $2" "$output"
    elif ! printf '%s\n' "$output" | grep -qF -- "$2"; then
        complain "$1 turned red, but not with: $2" "$output"
    fi
    uproot
}
green() { # green NAME WHAT: the check must pass
    planted=$((planted + 1))
    output=$(check "$1") || complain "$1 turned red over $2" "$output"
    uproot
}
plant() { # plant FILE: standard input becomes a file of the copy
    cat >"$copy/$1"
}
plant_call() { # plant_call LAYER STATEMENT [OPTION...]: an object in that layer's library
    printf '#include <%s>\n' errno.h fcntl.h stdio.h stdlib.h string.h sys/socket.h sys/stat.h \
        time.h unistd.h >"$copy/planted.c"
    printf 'void planted_elsewhere(void);\nvoid planted(char *to, const char *from, int n);\n
void planted(char *to, const char *from, int n)\n{\n(void)to; (void)from; (void)n;\n%s;\n}\n' \
        "$2" >>"$copy/planted.c"
    library=$copy/build/libstrata_$1.a
    shift 2
    "${CC:-cc}" -D_GNU_SOURCE -w "$@" -c -o "$copy/planted.o" "$copy/planted.c"
    ar r "$library" "$copy/planted.o"
}
uproot() {
    rm -f "$copy"/*/planted*
    cp "$build"/libstrata_*.a "$copy/build"
}
lines() { # lines NUMBER TEXT
    awk -v number="$1" -v text="$2" 'BEGIN { while (number-- > 0) print text }'
}

green size 'the tree as it is'
green layering 'the tree as it is'
if [ "$failed" -gt 0 ]; then
    echo "the tree itself is red: mend that first"
    exit 1
fi

# What is planted from here on shall not be too much code in all, however near the tree is to that.
sed 's/^code_limit=.*/code_limit=5000/' tests/size.sh >"$copy/tests/size.sh"

# --- size: columns, functions, files -----------------------------------------------------------
hundred=$(printf '/* %094d */' 0)

echo "$hundred" | plant http/planted.c
green size 'a line of 100 columns'
echo "$hundred " | plant http/planted.c
red size 'http/planted.c:1: 101 columns'
echo "$hundred " | plant tests/planted.c
red size 'tests/planted.c:1: 101 columns'
echo "$hundred" | sed 's/0/§/g' | plant http/planted.c
green size 'a line of 100 columns in more octets'

{ printf 'int planted(void)\n{\n'; lines 40 '    a();'; echo '}'; } | plant fs/planted.c
green size 'a function of 40 lines'
{ printf 'int planted(void)\n{\n'; lines 41 '    a();'; echo '}'; } | plant fs/planted.c
red size 'the function planted has 41 lines'
printf 'int planted(void) {\n    return 1;\n}\n' | plant fs/planted.c
red size 'the { of the function planted is not in column 0'
printf 'int planted(void)\n{\n    return 1;\n  }\n' | plant fs/planted.c
red size 'the function planted has no } in column 0'

lines 300 '' | plant server/planted.def
green size 'a file of 300 lines'
lines 301 '' | plant server/planted.def
red size 'server/planted.def: 301 lines'

# --- size: what counts as code -----------------------------------------------------------------
code_lines() {
    check size | awk '$1 == "together" { print $3 }'
}
before=$(code_lines)
plant http/planted.c <<'END'
/* A comment over
   several lines, with "a quote in it

   and an int that_is_no_code; */
int after; /* one: code before a comment
              int not_this; */ int behind; // two: code behind a comment
// int not_this_either; \
   nor this, for the backslash carries the comment on

const char *open = "/* three: no comment";
const char *line = "// four", quote = '"'; /* " */
const char *escaped = "\"/*"; // five
int last; /* six: if one of the above was misread, this is a string or a comment */
END
after=$(code_lines)
if [ $((after - before)) -ne 6 ]; then
    complain "size counts $((after - before)) lines of code where there are 6" "$(check size)"
fi
uproot
lines 9 'ROW(planted)' | plant server/planted.def
if [ "$(code_lines)" -ne "$before" ]; then
    complain 'size counts the rows of a .def as code' "$(check size)"
fi
uproot

plant_code() { # plant_code NUMBER: that many lines of code, in files short enough
    left=$1
    while [ "$left" -gt 0 ]; do
        lines "$((left < 250 ? left : 250))" 'int planted;' | plant "transport/planted_$left.h"
        left=$((left - 250))
    done
}
room=$(check size | awk '$1 == "together" { print $NF - $3 }')
plant_code "$room"
green size 'exactly as much code as is allowed'
plant_code "$((room + 1))"
red size 'too much: '

# --- layering: includes ------------------------------------------------------------------------
while read -r file directive message; do
    echo "#$directive" | tr '~' ' ' | plant "$file"
    red layering "$file:1: $message"
done <<'END'
http/planted.c include~"fs/document_root.h" http/ includes "fs/document_root.h" of fs/
http/planted.h ~include~<transport/transport.h> http/ includes "transport/transport.h" of transport/
fs/planted.c include"server/exchange.h" fs/ includes "server/exchange.h" of server/
fs/planted.h include~"../http/text.h" includes "../http/text.h"
transport/planted.c include~"http/text.h" transport/ includes "http/text.h" of http/
transport/planted.h include~"text.h" transport/ includes "text.h", which is not its own
http/planted.c include~<sys/socket.h> http/ includes <sys/socket.h>, which is not on its list
http/planted.c include~<fcntl.h> http/ includes <fcntl.h>, which is not on its list
http/planted.c include~PLANTED an include that is no plain file name: PLANTED
END
printf '#include <string.h>\n#include "http/text.h"\n' | plant http/planted.c
green layering 'an include of its own and one of the system'
printf '#include "transport/transport.h"\n#include "http/text.h"\n' | plant server/planted.c
green layering 'server/, which may include all'

# --- layering: undefined symbols ---------------------------------------------------------------
while read -r layer statement message; do
    plant_call "$layer" "$(echo "$statement" | tr '~' ' ')"
    red layering "$message"
done <<'END'
http socket(1,2,3) http/ (planted.o) calls socket,
http n=open(from,0) http/ (planted.o) calls open,
http n=write(1,from,1) http/ (planted.o) calls write,
http n=time(0) http/ (planted.o) calls time,
http to=malloc(1) http/ (planted.o) calls malloc,
http n=errno http/ (planted.o) calls __errno_location,
http printf("%d",n) http/ (planted.o) prints: printf
http planted_elsewhere() http/ (planted.o) calls planted_elsewhere,
fs socket(1,2,3) fs/ (planted.o) calls socket:
fs recv(n,to,1,0) fs/ (planted.o) calls recv:
fs fprintf(stderr,"%d",n) fs/ (planted.o) prints: fprintf
fs fprintf(stderr,"%d",n) fs/ (planted.o) prints: stderr
transport n=open(from,0) transport/ (planted.o) calls open:
transport n=stat(from,(void*)to) transport/ (planted.o) calls stat:
transport n=syscall(437) transport/ (planted.o) calls syscall:
transport perror(from) transport/ (planted.o) prints: perror
END
fortified='-O2 -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2'
# shellcheck disable=SC2086 # three options
plant_call http 'char a[9]; memcpy(a, from, n); snprintf(a, sizeof a, from, n); memcpy(to, a, 9)' \
    $fortified
green layering 'calls that http/ may make, fortified'
# shellcheck disable=SC2086
plant_call transport 'char a[9]; n = read(open(from, n), a, n); memcpy(to, a, 9)' $fortified
red layering 'transport/ (planted.o) calls __open_2:'

plant_call http 'return'
plant_call transport 'return'
"${CC:-cc}" -w -x c -c -o "$copy/planted.o" - <<'END'
void planted(void);
void user(void) { planted(); }
END
rm "$copy/build/libstrata_transport.a"
cp "$build/libstrata_transport.a" "$copy/build"
ar r "$copy/build/libstrata_transport.a" "$copy/planted.o"
red layering 'transport/ (planted.o) needs planted, which is defined in http/'

rm "$copy/build/libstrata_fs.a"
red layering 'libstrata_fs.a: no symbols there'

echo "$planted planted: $failed wrong"
[ "$failed" -eq 0 ]
