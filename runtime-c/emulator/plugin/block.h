/* block.h - a translated block: straight-line code that QEMU runs as a whole. */
#ifndef BLOCK_H
#define BLOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "m7.h"
#include "memory.h"

/* What a block costs in one state of the pipeline, with one pattern of addresses. */
typedef struct {
    uint64_t key;
    uint32_t next_state;
    uint16_t cycles;
    bool used;
    bool flags_are_early; /* set long enough before the branch for a cheaper misprediction */
} KnownCost;

typedef struct {
    uint32_t start, end; /* addresses; `end` is the first behind it */
    int function;        /* index of its symbol; symbol_count: none */
    bool of_harness;     /* counts for nothing */
    int count;
    Operation *operations;
    int branch; /* BRANCH_NONE ... of m7.h */

    uint32_t macs;
    uint32_t classes[CLASS_COUNT];

    KnownCost *costs;
    int cost_slots, cost_count;

    uint8_t taken_counter; /* branch prediction: two bits, and where an indirect branch went last */
    uint32_t last_target;

    /* Since the figures were last collected. */
    uint64_t executions, cycles, mispredictions;
    uint64_t stalls[MEMORIES_MAX];
} Block;

/* A block of QEMU has no more. */
enum { BLOCK_INSTRUCTIONS_MAX = 1024 };

#endif
