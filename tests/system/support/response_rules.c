#include "tests/system/support/response_rules.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <time.h>

bool response_names_server = true;

enum { CLOCK_TOLERANCE = 300 }; /* seconds a busy machine may take for an answer */

static bool is_digit(char character)
{
    return character >= '0' && character <= '9';
}

/* RFC 9110 §5.6.2 */
static bool is_token(const char *text)
{
    static const char allowed[] = "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz"
                                  "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    return *text != '\0' && text[strspn(text, allowed)] == '\0';
}

/* RFC 9110 §5.5, less what strata never sends: empty values and octets beyond US-ASCII. */
static bool is_value(const char *text)
{
    size_t length = strlen(text);
    if (length == 0 || text[0] == ' ' || text[length - 1] == ' ') return false;
    for (size_t i = 0; i < length; i++)
        if (text[i] < 0x20 || text[i] > 0x7e) return false;
    return true;
}

/* RFC 9112 §4 */
static const char *parse_status_line(struct response *response, const char *line)
{
    if (strncmp(line, "HTTP/1.1 ", 9) != 0)
        return "the status line does not start with `HTTP/1.1 `";
    const char *code = line + 9;
    if (code[0] < '1' || code[0] > '5' || !is_digit(code[1]) || !is_digit(code[2]) ||
        code[3] != ' ')
        return "the status code is not three digits and a space";
    if (!is_value(code + 4)) return "the reason phrase is missing or holds an odd octet";
    response->status = (code[0] - '0') * 100 + (code[1] - '0') * 10 + (code[2] - '0');
    return NULL;
}

/* RFC 9110 §5.3: only a field that is a list may come in several lines. */
static bool is_list(const char *name)
{
    return strcasecmp(name, "Vary") == 0 || strcasecmp(name, "Link") == 0;
}

/* RFC 9112 §5 */
static const char *parse_field_line(struct response *response, char *line)
{
    char *colon = strchr(line, ':');
    if (colon == NULL) return "a field line has no colon";
    *colon = '\0';
    if (!is_token(line)) return "a field name is not a token";
    if (colon[1] != ' ' || !is_value(colon + 2))
        return "a field value is not one space and visible characters";
    if (response_field(response, line) != NULL && !is_list(line)) return "a field comes twice";
    if (response->field_count == sizeof response->fields / sizeof response->fields[0])
        return "more fields than any response of strata needs";
    response->fields[response->field_count++] = (struct field){line, colon + 2};
    return NULL;
}

const char *response_parse_head(struct response *response)
{
    char *line = response->lines;
    char *end_of_head = line + response->head_length - 2;
    const char *problem = NULL;
    if (memchr(line, '\0', response->head_length) != NULL) return "a NUL in the head";
    for (bool first = true; problem == NULL && line < end_of_head; first = false) {
        char *end = strstr(line, "\r\n");
        *end = '\0';
        if (strpbrk(line, "\r\n") != NULL) return "CR or LF alone in the head";
        problem = first ? parse_status_line(response, line) : parse_field_line(response, line);
        line = end + 2;
    }
    return problem;
}

/* RFC 9110 §5.6.7, §6.6.1. Printing the time read gives the same text only where every part agrees.
 */
static const char *check_date(const char *value)
{
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    struct tm parts = {0};
    char month[4] = "";
    char printed[40] = "";
    if (value == NULL) return "no Date";
    if (sscanf(value, "%*3s, %2d %3s %4d %2d:%2d:%2d GMT", &parts.tm_mday, month, &parts.tm_year,
            &parts.tm_hour, &parts.tm_min, &parts.tm_sec) != 6 ||
        strstr(months, month) == NULL)
        return "Date is not an IMF-fixdate";
    parts.tm_mon = (int)((strstr(months, month) - months) / 3);
    parts.tm_year -= 1900;
    time_t read = timegm(&parts);
    strftime(printed, sizeof printed, "%a, %d %b %Y %H:%M:%S GMT", &parts);
    if (strcmp(printed, value) != 0) return "Date is not an IMF-fixdate";
    struct timespec now; /* time() may be a tick behind */
    clock_gettime(CLOCK_REALTIME, &now);
    if (read > now.tv_sec || read < now.tv_sec - CLOCK_TOLERANCE)
        return "Date is not the time of the answer";
    return NULL;
}

/* RFC 9112 §6.2, §6.3; RFC 9110 §8.6 */
static const char *check_framing(const struct response *response)
{
    const char *length = response_field(response, "Content-Length");
    if (response_field(response, "Transfer-Encoding") != NULL)
        return "a Transfer-Encoding, which strata never sends";
    if (response->status < 200 || response->status == 204 || response->status == 304)
        return length != NULL ? "a Content-Length where there is no content" : NULL;
    if (length == NULL) return "no Content-Length";
    if (length[strspn(length, "0123456789")] != '\0' || (length[0] == '0' && length[1] != '\0'))
        return "Content-Length is not a plain number";
    return NULL;
}

const char *response_check_fields(struct response *response)
{
    const char *problem = check_framing(response);
    const char *connection = response_field(response, "Connection");
    const char *server = response_field(response, "Server");
    const char *sniffing = response_field(response, "X-Content-Type-Options");
    if (problem != NULL) return problem;
    if (response->status < 200)
        return response->field_count > 0 ? "an interim response with fields" : NULL;
    if ((problem = check_date(response_field(response, "Date"))) != NULL) return problem;
    if (!response_names_server && server != NULL) return "a Server that was not to be said";
    if (response_names_server && (server == NULL || strcmp(server, "strata") != 0))
        return "Server is not `strata`";
    if (response_field(response, "Content-Type") != NULL &&
        (sniffing == NULL || strcmp(sniffing, "nosniff") != 0))
        return "Content-Type without X-Content-Type-Options: nosniff";
    if (connection != NULL && strcasecmp(connection, "close") != 0 &&
        strcasecmp(connection, "keep-alive") != 0)
        return "Connection is neither close nor keep-alive";
    response->closes = connection != NULL && strcasecmp(connection, "close") == 0;
    return NULL;
}
