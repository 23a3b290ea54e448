/*
 * A block is simulated once for every state of the pipeline that it is entered in and every pattern of its addresses
 * that matters (alignment, banks of neighbouring loads); the result is remembered. States carry over exactly.
 */
#include "timing.h"

#include <stdlib.h>
#include <string.h>

/* Cycles of a mispredicted branch, and where the flags were set three or more cycles before it. */
enum { MISPREDICTION = 8, EARLY_MISPREDICTION = 6 };
enum { IDLE_STATE = 0 };
enum { COSTS_MAX = 4096 };

#define MIX_1 0x9E3779B97F4A7C15ull
#define MIX_2 0xD1B54A32D192ED03ull

/* ---- states of the pipeline by number ---- */

typedef struct {
    uint64_t hash;
    Pipeline state;
} NumberedState;

static NumberedState *states;
static int state_count, state_room;
static int *slots; /* hash table of numbers; -1: free */
static int slot_count;

static uint64_t hash_of(const Pipeline *state)
{
    const uint8_t *bytes = (const uint8_t *)state;
    uint64_t hash = 0xcbf29ce484222325ull;
    for (size_t i = 0; i < sizeof *state; i++) {
        hash = (hash ^ bytes[i]) * 0x100000001b3ull;
    }
    return hash ^ hash >> 29;
}

static int free_slot(uint64_t hash)
{
    int slot = (int)(hash & (uint64_t)(slot_count - 1));
    while (slots[slot] >= 0) {
        slot = (slot + 1) & (slot_count - 1);
    }
    return slot;
}

static void grow_slots(void)
{
    free(slots);
    slot_count = slot_count == 0 ? 4096 : slot_count * 2;
    slots = malloc((size_t)slot_count * sizeof *slots);
    for (int i = 0; i < slot_count; i++) {
        slots[i] = -1;
    }
    for (int i = 0; i < state_count; i++) {
        slots[free_slot(states[i].hash)] = i;
    }
}

static uint32_t number_of(const Pipeline *state)
{
    if (state_count * 2 >= slot_count) {
        grow_slots();
    }
    const uint64_t hash = hash_of(state);
    int slot = (int)(hash & (uint64_t)(slot_count - 1));
    for (; slots[slot] >= 0; slot = (slot + 1) & (slot_count - 1)) {
        const NumberedState *known = &states[slots[slot]];
        if (known->hash == hash && memcmp(&known->state, state, sizeof *state) == 0) {
            return (uint32_t)slots[slot];
        }
    }
    if (state_count == state_room) {
        state_room = state_room == 0 ? 4096 : state_room * 2;
        states = realloc(states, (size_t)state_room * sizeof *states);
    }
    states[state_count] = (NumberedState){.hash = hash, .state = *state};
    slots[slot] = state_count;
    return (uint32_t)state_count++;
}

/* ---- costs of a block ---- */

static int cost_slot(const Block *block, uint64_t key)
{
    int slot = (int)(key * MIX_1 >> 40) & (block->cost_slots - 1);
    while (block->costs[slot].used && block->costs[slot].key != key) {
        slot = (slot + 1) & (block->cost_slots - 1);
    }
    return slot;
}

static void grow_costs(Block *block)
{
    KnownCost *const before = block->costs;
    const int count = block->cost_slots;
    block->cost_slots = count == 0 ? 8 : count * 2;
    block->costs = calloc((size_t)block->cost_slots, sizeof *block->costs);
    for (int i = 0; i < count; i++) {
        if (before[i].used) {
            block->costs[cost_slot(block, before[i].key)] = before[i];
        }
    }
    free(before);
}

static void forget_costs(Block *block)
{
    memset(block->costs, 0, (size_t)block->cost_slots * sizeof *block->costs);
    block->cost_count = 0;
}

/* ---- the block that runs ---- */

static uint32_t state; /* number of the pipeline's */
static uint64_t pattern;
static uint32_t addresses[BLOCK_INSTRUCTIONS_MAX];

void timing_start(void)
{
    pipeline_start();
    Pipeline idle;
    memset(&idle, 0, sizeof idle);
    state = number_of(&idle); /* IDLE_STATE */
}

void timing_enter(Block *block)
{
    pattern = 0;
    for (int i = 0; i < block->count; i++) {
        addresses[i] = NO_ACCESS;
    }
}

void timing_access(int index, uint32_t address, bool unaligned, bool bank_matters)
{
    addresses[index] = unaligned ? address | UNALIGNED : address & ~UNALIGNED;
    if (unaligned || bank_matters) {
        const uint64_t bank = bank_matters ? address >> 2 & 1 : 0;
        pattern = (pattern ^ ((uint64_t)index * 4 + 1 + bank + (unaligned ? 2 : 0))) * MIX_1;
        pattern ^= pattern >> 31;
    }
}

static const KnownCost *cost_of(Block *block, bool taken)
{
    const uint64_t key = (pattern ^ (uint64_t)state * MIX_2) * 2 + (taken ? 1 : 0);
    if (block->cost_count * 2 >= block->cost_slots) {
        grow_costs(block);
    }
    KnownCost *cost = &block->costs[cost_slot(block, key)];
    if (cost->used) {
        return cost;
    }
    if (block->cost_count > COSTS_MAX) {
        forget_costs(block);
        cost = &block->costs[cost_slot(block, key)];
    }
    Pipeline after = states[state].state;
    bool early = false;
    const int cycles = pipeline_run(&after, block->operations, block->count, addresses, taken, &early);
    *cost = (KnownCost){.key = key, .cycles = (uint16_t)cycles, .used = true, .flags_are_early = early};
    cost->next_state = number_of(&after);
    block->cost_count++;
    return cost;
}

static bool is_mispredicted(Block *block, bool taken, uint32_t next)
{
    bool wrong = false;
    if (block->branch == BRANCH_CONDITIONAL) {
        wrong = (block->taken_counter >= 2) != taken;
        if (taken && block->taken_counter < 3) {
            block->taken_counter++;
        } else if (!taken && block->taken_counter > 0) {
            block->taken_counter--;
        }
    } else if ((block->branch == BRANCH_INDIRECT || block->branch == BRANCH_INDIRECT_CALL) && taken) {
        wrong = block->last_target != next;
        block->last_target = next;
    }
    return wrong;
}

void timing_leave(Block *block, uint32_t next, const uint64_t *stalls)
{
    const bool taken = block->branch != BRANCH_NONE && (next != block->end || block->branch == BRANCH_CALL);
    const KnownCost *cost = cost_of(block, taken);
    block->executions++;
    block->cycles += cost->cycles;
    state = cost->next_state;
    if (is_mispredicted(block, taken, next)) {
        block->cycles += cost->flags_are_early ? EARLY_MISPREDICTION : MISPREDICTION;
        block->mispredictions++;
        state = IDLE_STATE;
    }
    for (int i = 0; i < memory_count; i++) {
        block->stalls[i] += stalls[i];
    }
}
