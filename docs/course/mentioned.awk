# Which of these functions a test calls first; else the file of the test; else the first of them.
#
#     awk -v test=test_name -v functions='FUNCTION …' -f mentioned.awk tests/LAYER/test_NAME.c

BEGIN { count = split(functions, name, "[ \n]+") }

index($0, "static void " test "(") == 1 { inside = 1 }
{
    for (i = 1; i <= count; i++) if (index($0, name[i] "(")) {
        if (inside && here == "") here = name[i]
        if (there == "") there = name[i]
    }
}
/^}/ { inside = 0 }
END { print here != "" ? here : there != "" ? there : name[1] }
