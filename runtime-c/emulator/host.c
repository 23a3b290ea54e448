/* The harness on a hosted system. */
#include "harness.h"

#include <stdio.h>
#include <stdlib.h>

static FILE *open_file(FILE *already, const char *name, const char *mode, int failure)
{
    FILE *file = already != NULL ? already : fopen(name, mode);
    if (file == NULL) {
        exit(failure);
    }
    return file;
}

void harness_read(void *to, uint32_t bytes)
{
    static FILE *file;
    file = open_file(file, "inputs.bin", "rb", HARNESS_SHORT_INPUT);
    if (fread(to, 1, bytes, file) != bytes) {
        exit(HARNESS_SHORT_INPUT);
    }
}

void harness_write(const void *from, uint32_t bytes)
{
    static FILE *file;
    file = open_file(file, "outputs.bin", "wb", HARNESS_CANNOT_WRITE);
    if (fwrite(from, 1, bytes, file) != bytes) {
        exit(HARNESS_CANNOT_WRITE);
    }
}
