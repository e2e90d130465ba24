/* media_type.h: file name to media type (RFC 9110 §8.3.1), by the suffix, ignoring case. */
#pragma once

/* A constant string, ready for Content-Type; "application/octet-stream" for what is not known. */
const char *media_type_of(const char *name);
