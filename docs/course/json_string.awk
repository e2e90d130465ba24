# Prints standard input as one JSON string (RFC 8259 §7), with its quotes. Octets that are no UTF-8
# become U+FFFD. To be run with LC_ALL=C, where a character is an octet.
BEGIN {
    for (i = 1; i < 256; i++) code[sprintf("%c", i)] = i
    printf "\""
}

# How many octets the sequence has that starts at i; 0: it is none.
function sequence(i,    first, second, length_, j) {
    first = code[substr($0, i, 1)]
    second = code[substr($0, i + 1, 1)]
    length_ = first < 194 ? 0 : first < 224 ? 2 : first < 240 ? 3 : first < 245 ? 4 : 0
    if (first == 224 && second < 160 || first == 237 && second > 159) return 0
    if (first == 240 && second < 144 || first == 244 && second > 143) return 0
    for (j = 1; j < length_; j++) {
        second = code[substr($0, i + j, 1)]
        if (second < 128 || second > 191) return 0
    }
    return length_
}

{
    if (NR > 1) printf "\\n"
    for (i = 1; i <= length($0); i++) {
        octet = substr($0, i, 1)
        if (octet == "\"" || octet == "\\") printf "\\%s", octet
        else if (code[octet] < 32 || code[octet] == 127) printf "\\u%04x", code[octet]
        else if (code[octet] < 128) printf "%s", octet
        else if ((octets = sequence(i)) > 0) {
            printf "%s", substr($0, i, octets)
            i += octets - 1
        } else printf "\\ufffd"
    }
}

END { print "\"" }
