/* Counts what libFuzzer feeds a fuzzer, and says it at the end: linked with --wrap, so that the
 * fuzzers know nothing of it. */
#include "tests/fuzz/fuzz.h"

int __real_LLVMFuzzerTestOneInput(const uint8_t *octets, size_t length);
int __wrap_LLVMFuzzerTestOneInput(const uint8_t *octets, size_t length);

static unsigned long long inputs_fed, octets_fed;

static void say_how_much(void)
{
    fprintf(stderr, "fed: %llu inputs, %llu octets\n", inputs_fed, octets_fed);
}

int __wrap_LLVMFuzzerTestOneInput(const uint8_t *octets, size_t length)
{
    if (inputs_fed++ == 0) atexit(say_how_much);
    octets_fed += length;
    return __real_LLVMFuzzerTestOneInput(octets, length);
}
