#include "http/status.h"

#include <stddef.h>

bool http_refuse(struct http_problem *problem, enum http_status status, const char *sentence,
                 const char *section)
{
    *problem = (struct http_problem){status, sentence, section, NULL};
    return false;
}

const char *http_reason_phrase(enum http_status status)
{
    switch (status) {
    case HTTP_CONTINUE:
        return "Continue";
    case HTTP_OK:
        return "OK";
    case HTTP_MOVED_PERMANENTLY:
        return "Moved Permanently";
    case HTTP_PERMANENT_REDIRECT:
        return "Permanent Redirect";
    case HTTP_BAD_REQUEST:
        return "Bad Request";
    case HTTP_FORBIDDEN:
        return "Forbidden";
    case HTTP_NOT_FOUND:
        return "Not Found";
    case HTTP_METHOD_NOT_ALLOWED:
        return "Method Not Allowed";
    case HTTP_REQUEST_TIMEOUT:
        return "Request Timeout";
    case HTTP_CONTENT_TOO_LARGE:
        return "Content Too Large";
    case HTTP_URI_TOO_LONG:
        return "URI Too Long";
    case HTTP_EXPECTATION_FAILED:
        return "Expectation Failed";
    case HTTP_MISDIRECTED_REQUEST:
        return "Misdirected Request";
    case HTTP_FIELDS_TOO_LARGE:
        return "Request Header Fields Too Large";
    case HTTP_NOT_IMPLEMENTED:
        return "Not Implemented";
    case HTTP_SERVICE_UNAVAILABLE:
        return "Service Unavailable";
    case HTTP_VERSION_NOT_SUPPORTED:
        return "HTTP Version Not Supported";
    case HTTP_REFUSED:
    case HTTP_INTERNAL_SERVER_ERROR:
        break;
    }
    return "Internal Server Error";
}
