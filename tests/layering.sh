#!/bin/sh
# tier: learner
#
# Arrows run one way: server -> {transport, http, fs}. The three know nothing of one another and
# nothing of server, they print nothing, and each keeps to its own kind of system call.
#
# First the #include lines are read, then the symbols that each layer's library leaves undefined:
# an include is what a file says it needs, an undefined symbol is what it really needs.
set -eu
LC_ALL=C
export LC_ALL

cd "${STRATA_SOURCE_DIR:-$(dirname "$0")/..}"
build=${STRATA_BUILD_DIR:-build/dev}
findings=$(mktemp)
symbols=$(mktemp)
trap 'rm -f "$findings" "$symbols"' EXIT

# What http/ may include of the system: types, characters and formatting. No sockets, no files; of
# <time.h> it needs time_t and struct tm, and that it asks no clock is seen in its symbols.
http_headers='assert.h inttypes.h limits.h stdarg.h stdbool.h stddef.h stdint.h stdio.h string.h
strings.h time.h'

# What http/ may call: memory in, values out. Nothing here opens, waits or allocates.
http_calls='memchr memrchr memmem memcmp bcmp memcpy mempcpy memmove memset strchr strrchr strlen
strnlen strcmp strncmp strcasecmp strncasecmp strstr strcpy stpcpy strspn strcspn strpbrk snprintf
vsnprintf gmtime_r timegm strftime strptime __assert_fail'

# What no layer below server/ may call: to print is to explain, and that is for server/.
print_calls='printf fprintf vprintf vfprintf dprintf vdprintf puts fputs putchar putc fputc fwrite
perror psignal syslog vsyslog err errx warn warnx stdout stderr'

# fs/ knows no sockets.
socket_calls='socket socketpair bind listen accept accept4 connect shutdown send sendto sendmsg
sendmmsg recv recvfrom recvmsg recvmmsg getsockopt setsockopt getsockname getpeername getaddrinfo
epoll_create epoll_create1 epoll_ctl epoll_wait epoll_pwait epoll_pwait2'

# transport/ knows no path. (syscall: openat2 has no name of its own in libc.)
path_calls='open openat openat2 creat fopen freopen fdopendir opendir scandir stat lstat fstatat
statx access faccessat euidaccess readlink readlinkat realpath rename renameat renameat2 link
linkat symlink symlinkat unlink unlinkat remove mkdir mkdirat rmdir chdir fchdir chroot mkstemp
mkostemp truncate chmod fchmodat chown lchown fchownat utimensat syscall'

export http_headers http_calls print_calls socket_calls path_calls # for awk's ENVIRON

# include_rules LAYER: reads the #include lines of that layer on standard input, FILE:LINE:TEXT.
include_rules() {
    awk -v layer="$1" '
{
    split($0, where, ":")
    text = $0
    sub(/^[^:]*:[^:]*:[ \t]*#[ \t]*include(_next)?[ \t]*/, "", text)
    place = where[1] ":" where[2] ": "
    if (text !~ /^["<][^">]+[">]/) {
        print place "an include that is no plain file name: " text
        next
    }
    file = substr(text, 2, match(substr(text, 2), /[">]/) - 1)
    above = file
    sub(/\/.*/, "", above)
    if (file ~ /(^|\/)\.\.(\/|$)/)
        print place "includes \"" file "\": name it from the top of the tree"
    else if (above != layer && above ~ /^(transport|http|fs|server|tests)$/)
        print place layer "/ includes \"" file "\" of " above "/"
    else if (text ~ /^"/ && above != layer)
        print place layer "/ includes \"" file "\", which is not its own"
    else if (text ~ /^</ && layer == "http" && !(file in allowed))
        print place "http/ includes <" file ">, which is not on its list"
}
BEGIN {
    n = split(ENVIRON["http_headers"], list, /[ \n]+/)
    for (i = 1; i <= n; i++) allowed[list[i]] = 1
}
'
}

# Reads "LAYER defines|needs SYMBOL OBJECT" on standard input, all definitions first.
symbol_rules() {
    awk '
function remember(set, names,    list, n, i) {
    n = split(ENVIRON[names], list, /[ \n]+/)
    for (i = 1; i <= n; i++) set[list[i]] = 1
}
# The name in the source: without what fortification, large files and C99 modes put around it.
function plain(name) {
    if (name ~ /^__.*_chk$/) { sub(/^__/, "", name); sub(/_chk$/, "", name) }
    if (name ~ /^__(open|openat)(64)?_2$/) { sub(/^__/, "", name); sub(/_2$/, "", name) }
    sub(/^__isoc(99|23)_/, "", name)
    sub(/^_IO_/, "", name)
    if (name != "base64") sub(/64$/, "", name)
    return name
}
# What the compiler puts in by itself: sanitizers, coverage, stack protector, arithmetic helpers.
function of_the_compiler(name) {
    return name ~ /^__(asan|ubsan|tsan|lsan|msan|hwasan|sanitizer|gcov|llvm|afl)_/ ||
           name ~ /^__stack_chk_(fail|guard)$/ || name == "_GLOBAL_OFFSET_TABLE_" ||
           name ~ /^__[a-z]+[sdt]i[23]$/
}
BEGIN {
    remember(http_allowed, "http_calls")
    remember(prints, "print_calls")
    remember(sockets, "socket_calls")
    remember(paths, "path_calls")
}
$2 == "defines" { home[$3] = home[$3] " " $1; next }
{
    if (index(home[$3] " ", " " $1 " ") || of_the_compiler($3)) next
    name = plain($3)
    says = $1 "/ (" $4 ") "
    if (home[$3] != "")
        print says "needs " $3 ", which is defined in" home[$3] "/"
    else if (name in prints)
        print says "prints: " $3 ". Lower layers return what they saw; server/ says it"
    else if ($1 == "http" && !(name in http_allowed))
        print says "calls " $3 ", which is not on its list: memory in, values out"
    else if ($1 == "fs" && name in sockets)
        print says "calls " $3 ": fs/ knows no sockets"
    else if ($1 == "transport" && name in paths)
        print says "calls " $3 ": transport/ knows no path"
}
'
}

for layer in transport http fs; do
    find "$layer" -type f \( -name '*.c' -o -name '*.h' -o -name '*.def' \) -exec \
        grep -Hn '^[[:space:]]*#[[:space:]]*include' {} + |
        include_rules "$layer" >>"$findings"
done

# "nm -P" prints NAME TYPE …; U, v and w are undefined. Local symbols (lower case) bind nothing.
for layer in transport http fs server; do
    library=$build/libstrata_$layer.a
    if ! nm -A -P "$library" >"$symbols.nm" 2>/dev/null || [ ! -s "$symbols.nm" ]; then
        echo "$library: no symbols there; build first" >>"$findings"
    fi
    awk -v layer="$layer" '
        { object = $1; sub(/.*\[/, "", object); sub(/\].*/, "", object) }
        $3 ~ /^[Uvw]$/ { print layer, "needs", $2, object; next }
        $3 ~ /^[A-Z]$/ { print layer, "defines", $2, object }' "$symbols.nm" >>"$symbols"
    rm -f "$symbols.nm"
done
for way in defines needs; do
    awk -v way="$way" '$2 == way && ($1 != "server" || way == "defines")' "$symbols"
done | symbol_rules >>"$findings"

if [ -s "$findings" ]; then
    cat "$findings"
    exit 1
fi
echo "transport/, http/ and fs/ keep to themselves: includes and undefined symbols"
