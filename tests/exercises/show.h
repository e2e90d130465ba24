/* show.h — octets for people: lines as they are, a caret under the first wrong one. */
#ifndef STRATA_TESTS_EXERCISES_SHOW_H
#define STRATA_TESTS_EXERCISES_SHOW_H

#include <stddef.h>
#include <stdio.h>

/* Prints the lines indented, and under the one that holds octets[wrong] a caret; wrong > length:
 * none. Of many lines, and of long ones, those near it. */
void show_octets(FILE *to, const char *octets, size_t length, size_t wrong);

#endif
