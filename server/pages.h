/* pages.h: the content of responses that explain themselves. */
#pragma once

#include "http/status.h"
#include "http/text.h"

enum { PAGE_SIZE = 2048 };

/* What every page starts with, before its title, and how it looks. */
extern const char page_start[], page_style[];

/* Status, one sentence on what was wrong and its section; made of constants only, so that no octet
 * of a request is in it. As HTML or plain text, into page. */
struct text page_format(const struct http_problem *problem, bool html, char page[PAGE_SIZE]);
