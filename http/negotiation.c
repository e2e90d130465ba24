#include "http/negotiation.h"

/* qvalue, §12.4.2, in thousandths; -1: it is none. */
static int parse_qvalue(struct text value)
{
    static const int units[] = {1000, 0, 100, 10, 1};
    int weight = 0;
    if (value.length == 0 || value.length > 5) return -1;
    for (size_t i = 0; i < value.length; i++) {
        if (i == 1 ? value.start[i] != '.' : !text_is_digit(value.start[i])) return -1;
        weight += (value.start[i] - '0') * units[i];
    }
    return weight <= 1000 ? weight : -1;
}

/* The weight is among the parameters (§5.6.6), wherever it stands (§12.5.1); -1: malformed. */
static int weight_in(struct text parameters)
{
    while (text_skip(&parameters, ";")) {
        size_t length = text_find_unquoted(parameters, ';');
        struct text parameter = text_trim(text_until(parameters, length));
        parameters = text_from(parameters, length);
        if (text_equals_ignoring_case(text_take(&parameter, text_is_tchar), "q"))
            return text_skip(&parameter, "=") ? parse_qvalue(parameter) : -1;
    }
    return 1000;
}

int http_weight_of(const struct http_request *request, const char *field_name, const char *name)
{
    struct http_list list = {0};
    struct text element;
    int weight = -1;
    while (weight < 0 && http_next_list_element(request, field_name, &list, &element)) {
        size_t length = text_find(element, ';');
        if (text_equals_ignoring_case(text_trim(text_until(element, length)), name))
            weight = weight_in(text_from(element, length));
    }
    return weight;
}

/* By its name, by gzip's old one (§8.4.1.3), or else by the asterisk. */
static int coding_weight(const struct http_request *request, const char *name)
{
    static const char field_name[] = "Accept-Encoding";
    int weight = http_weight_of(request, field_name, name);
    if (weight < 0 && strcmp(name, "gzip") == 0)
        weight = http_weight_of(request, field_name, "x-gzip");
    return weight < 0 ? http_weight_of(request, field_name, "*") : weight;
}

size_t http_choose_coding(
    const struct http_request *request, const char *const names[], size_t count, unsigned available)
{
    size_t chosen = 0;
    int most = 0;
    for (size_t i = 1; i < count; i++) {
        int weight = (available & 1u << i) == 0 ? 0 : coding_weight(request, names[i]);
        if (weight <= most) continue;
        most = weight;
        chosen = i;
    }
    return coding_weight(request, "identity") <= most ? chosen : 0;
}
