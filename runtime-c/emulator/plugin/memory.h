/* memory.h - cycles that the memories of a board cost beside the pipeline's: two caches and what a miss takes. */
#ifndef MEMORY_H
#define MEMORY_H

#include <stdbool.h>
#include <stdint.h>

/* Memories that one run is measured against at once. */
enum { MEMORIES_MAX = 6 };

enum { LINE_SHIFT = 5, LINE_BYTES = 1 << LINE_SHIFT };

typedef struct {
    uint32_t ways;
    uint32_t sets; /* 0: there is no such cache, and every access takes its cycle */
    uint32_t *lines;
    uint8_t *latest; /* of every set, the way used last */
    uint64_t accesses, misses;
} Cache;

typedef struct {
    Cache data, code;
    /* Cycles of a miss: reading constants, reading other data, fetching instructions. Stores that miss cost nothing. */
    uint32_t constant_penalty, data_penalty, fetch_penalty;
    bool data_is_tightly_coupled;
    uint32_t random;
} Memory;

extern Memory memories[MEMORIES_MAX];
extern int memory_count;

/*
 * "data bytes:ways:code bytes:ways:constant penalty:data penalty:fetch penalty:tightly coupled"; sizes and ways are
 * powers of two. Returns false where the text is not of this form.
 */
bool memory_add(const char *text);

/* Both return the stall in cycles. */
uint32_t memory_access(Memory *memory, uint32_t address, bool stores);
uint32_t memory_fetch(Memory *memory, uint32_t address);

#endif
