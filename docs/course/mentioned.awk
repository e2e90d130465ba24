# Which of these functions a test calls first; else the file of the test; else the headers that its
# layer's tests share; else the first of them.
#
#     awk -v test=test_name -v functions='FUNCTION …' -f mentioned.awk tests/LAYER/test_NAME.c \
#         tests/LAYER/*.h

BEGIN { count = split(functions, name, "[ \n]+") }

index($0, "static void " test "(") == 1 { inside = 1 }
{
    for (i = 1; i <= count; i++) if (index($0, name[i] "(")) {
        if (inside && here == "") here = name[i]
        if (FILENAME == ARGV[1] && there == "") there = name[i]
        if (shared == "") shared = name[i]
    }
}
/^}/ { inside = 0 }
END { print here != "" ? here : there != "" ? there : shared != "" ? shared : name[1] }
