/* timing.h - cycles of the block that just ran, in the state that the pipeline was in. */
#ifndef TIMING_H
#define TIMING_H

#include "block.h"

void timing_start(void);

/* Before a block runs, then for every one of its accesses. */
void timing_enter(Block *block);
void timing_access(int index, uint32_t address, bool unaligned, bool bank_matters);

/* After it: counts it once. `next`: the address that runs next. `stalls`: of its accesses, for every memory. */
void timing_leave(Block *block, uint32_t next, const uint64_t *stalls);

#endif
