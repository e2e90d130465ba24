/* test.h: cmocka, and the standard headers that it wants before it. */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* How many elements an array has. */
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
