/*
 * Sources: measurements of a STM32H743 by jnk0le ("pipeline cycle test") and of a STM32H730 at quinapalus.com
 * ("cm7cycles"); LLVM's model of this core, which is Arm's. test/run/pipeline.test.ts has the sequences they publish.
 *
 * Stages: EX1 (addresses, early ALU, shifter), EX2 (late ALU, multiplier), EX3 (accumulator), EX4 (stored data).
 *
 * Not modelled: width and alignment of instruction fetch, the store buffer, hazards between stores and loads, capacity
 * of the branch predictor, register ports, divide times that depend on the data, prefetch of data, contention on buses.
 */
#include "m7.h"

#include <string.h>

enum { UNALIGNED_CYCLES = 3, FLOAT_MULTIPLIER_CYCLES = 4, EARLY_FLAGS_CYCLES = 3 };

/* Cycles from the issue of what makes a result to the issue of what uses it; 0: both may issue in one cycle. */
static uint8_t latency[FROM_COUNT][USE_COUNT];
static uint8_t longest[FROM_COUNT];

typedef struct {
    uint8_t early, base, index, late, late_shifted, factor, addend, stored;
} CoreLatencies;

static void core(int origin, CoreLatencies cycles)
{
    uint8_t *row = latency[origin];
    row[USE_EARLY] = cycles.early;
    row[USE_BASE] = cycles.base;
    row[USE_INDEX] = cycles.index;
    row[USE_LATE] = cycles.late;
    row[USE_LATE_SHIFTED] = cycles.late_shifted;
    row[USE_FACTOR] = cycles.factor;
    row[USE_ADDEND] = cycles.addend;
    row[USE_STORED] = cycles.stored;
    /* A move to the FPU reads late, and never what issues beside it. */
    row[USE_FLOAT_MOVED] = cycles.late > 1 ? cycles.late : 1;
}

static void floating(int origin, uint8_t operand, uint8_t addend, uint8_t stored, uint8_t moved)
{
    uint8_t *row = latency[origin];
    row[USE_FLOAT] = operand;
    row[USE_FLOAT_ADDEND] = addend;
    row[USE_FLOAT_STORED] = stored;
    row[USE_FLOAT_MOVED] = moved;
}

void pipeline_start(void)
{
    core(FROM_EARLY, (CoreLatencies){1, 1, 1, 0, 0, 1, 0, 0});
    core(FROM_LATE, (CoreLatencies){2, 2, 2, 1, 1, 1, 0, 0});
    core(FROM_REVERSAL, (CoreLatencies){2, 2, 2, 0, 0, 1, 0, 0});
    core(FROM_DSP, (CoreLatencies){3, 3, 3, 2, 2, 2, 1, 1});
    core(FROM_MAC, (CoreLatencies){3, 4, 4, 2, 2, 2, 1, 1});
    core(FROM_WORD, (CoreLatencies){2, 2, 3, 1, 2, 2, 0, 0});
    core(FROM_PART, (CoreLatencies){3, 3, 3, 2, 2, 2, 1, 0});
    core(FROM_WRITEBACK, (CoreLatencies){1, 1, 1, 0, 0, 1, 0, 0});
    core(FROM_PREDICATED, (CoreLatencies){3, 3, 3, 2, 2, 2, 1, 1});
    core(FROM_FPU, (CoreLatencies){2, 2, 2, 1, 1, 1, 0, 0});
    latency[FROM_COMPARISON][USE_LATE] = latency[FROM_COMPARISON][USE_LATE_SHIFTED] = 1;
    latency[FROM_COMPARISON][USE_EARLY] = 2;
    floating(FROM_FLOAT, 3, 3, 1, 3);
    floating(FROM_FUSED, 5, 3, 3, 5);
    floating(FROM_CHAINED, 6, 3, 4, 6);
    floating(FROM_FLOAT_LOAD, 1, 3, 0, 2);
    floating(FROM_CORE, 3, 3, 3, 3);
    for (int origin = 0; origin < FROM_COUNT; origin++) {
        for (int use = 0; use < USE_COUNT; use++) {
            if (latency[origin][use] > longest[origin]) {
                longest[origin] = latency[origin][use];
            }
        }
    }
}

/* Cycles until a register can be used; 0 or less: now. */
static int wait_for_register(const Pipeline *pipeline, int number, int use)
{
    const int origin = pipeline->registers[number].origin;
    return origin == FROM_LONG_AGO ? 0 : latency[origin][use] - pipeline->registers[number].age;
}

static int wait_for(const Pipeline *pipeline, const Operation *operation)
{
    int wait = 0;
    for (int i = 0; i < operation->read_count; i++) {
        const int cycles = wait_for_register(pipeline, operation->reads[i], operation->uses[i]);
        wait = cycles > wait ? cycles : wait;
    }
    const bool blocked = (operation->properties & FLOAT_ACCESS) != 0 && (operation->properties & ALONE) != 0;
    return blocked && pipeline->float_busy > wait ? pipeline->float_busy : wait;
}

static void advance(Pipeline *pipeline, int cycles)
{
    for (int i = 0; i < REGISTER_COUNT; i++) {
        const int origin = pipeline->registers[i].origin;
        if (origin == FROM_LONG_AGO) {
            continue;
        }
        const int age = pipeline->registers[i].age + cycles;
        const bool everywhere = age >= longest[origin];
        pipeline->registers[i].origin = (uint8_t)(everywhere ? FROM_LONG_AGO : origin);
        pipeline->registers[i].age = (uint8_t)(everywhere ? 0 : age);
    }
    pipeline->float_busy = (uint8_t)(pipeline->float_busy > cycles ? pipeline->float_busy - cycles : 0);
    pipeline->half_full = 0;
    pipeline->properties = 0;
    pipeline->bank = BANK_UNKNOWN;
}

/* Both have one of `properties`. */
static bool both(uint32_t older, uint32_t younger, uint32_t properties)
{
    return (older & properties) != 0 && (younger & properties) != 0;
}

static bool loads_pair(const Pipeline *pipeline, uint32_t younger, int bank)
{
    if ((younger & LOADS) == 0) {
        return true;
    }
    if ((pipeline->properties & LOADS) == 0) {
        return bank != BANK_UNALIGNED;
    }
    const bool known = pipeline->bank != BANK_UNKNOWN && bank != BANK_UNKNOWN;
    const bool aligned = pipeline->bank != BANK_UNALIGNED && bank != BANK_UNALIGNED;
    return known && aligned && pipeline->bank != bank;
}

/* May issue beside the one that the cycle has already, as far as units go. */
static bool pairs(const Pipeline *pipeline, const Operation *operation, int bank)
{
    const uint32_t older = pipeline->properties, younger = operation->properties;
    if (((older | younger) & ALONE) != 0 || (younger & OLDER_ONLY) != 0) {
        return false;
    }
    if (both(older, younger, BRANCHES) || both(older, younger, MULTIPLIES) || both(older, younger, STORES) ||
        both(older, younger, SHIFTS) || both(older, younger, FLOATS) || both(older, younger, FLOAT_CONSTANT)) {
        return false;
    }
    const uint32_t mac_or_store = MULTIPLIES | STORES;
    if (both(older, younger, mac_or_store)) {
        return false; /* one of each */
    }
    const bool of_fpu = (younger & FLOAT_ACCESS) != 0 || operation->class == CLASS_FLOAT_MOVE;
    if (of_fpu && ((older & FLOAT_MULTIPLIES) != 0 || pipeline->float_busy > 0)) {
        return false;
    }
    return loads_pair(pipeline, younger, bank);
}

/* The early ALU can compute it: all operands are there for EX1. */
static bool is_early(const Pipeline *pipeline, const Operation *operation)
{
    for (int i = 0; i < operation->read_count; i++) {
        const int number = operation->reads[i];
        const bool late = operation->uses[i] == USE_LATE || operation->uses[i] == USE_LATE_SHIFTED;
        /* An address that was written back feeds the early adder a cycle later than the late one. */
        const bool written_back = pipeline->registers[number].origin == FROM_WRITEBACK;
        if (written_back && (operation->properties & EARLY_IF_OLDER) != 0 && pipeline->registers[number].age < 2) {
            return false;
        }
        if (wait_for_register(pipeline, number, late ? USE_EARLY : operation->uses[i]) > 0) {
            return false;
        }
    }
    return true;
}

static void retire(Pipeline *pipeline, const Operation *operation, bool early)
{
    for (int i = 0; i < operation->write_count; i++) {
        const int number = operation->writes[i];
        const int origin = operation->origins[i];
        const bool sooner = early && origin == FROM_LATE && number != REGISTER_FLAGS;
        pipeline->registers[number].origin = (uint8_t)(sooner ? FROM_EARLY : origin);
        pipeline->registers[number].age = 0;
    }
    if ((operation->properties & FLOAT_MULTIPLIES) != 0) {
        pipeline->float_busy = FLOAT_MULTIPLIER_CYCLES;
    }
}

static int bank_of(const Operation *operation, uint32_t address)
{
    if ((operation->properties & LOADS) == 0 || (operation->properties & SEVERAL) != 0 || address == NO_ACCESS) {
        return BANK_UNKNOWN;
    }
    return (address & UNALIGNED) != 0 ? BANK_UNALIGNED : (int)(address >> 2 & 1) + 1;
}

/* Beside the one that the cycle has already; false: it cannot. */
static bool issue_younger(Pipeline *pipeline, const Operation *operation, int bank)
{
    if (!pipeline->half_full || !pairs(pipeline, operation, bank) || wait_for(pipeline, operation) > 0) {
        return false;
    }
    const bool can = (operation->properties & EARLY_ALWAYS) != 0 && (pipeline->properties & SHIFTS) == 0;
    retire(pipeline, operation, can && is_early(pipeline, operation));
    return true;
}

/* As the first of a cycle; returns the cycles that pass until the next may issue. `issued`: those until it issued. */
static int issue_older(Pipeline *pipeline, const Operation *operation, int bank, bool ends_cycle, int *issued)
{
    int cycles = 0;
    if (pipeline->half_full) {
        advance(pipeline, 1);
        cycles++;
    }
    const int wait = wait_for(pipeline, operation);
    if (wait > 0) {
        advance(pipeline, wait);
        cycles += wait;
    }
    *issued = cycles;
    const bool can = (operation->properties & (EARLY_IF_OLDER | EARLY_ALWAYS)) != 0;
    const bool early = can && is_early(pipeline, operation);
    if ((operation->properties & ALONE) != 0) {
        /* Results count from the last cycle. */
        if (operation->cycles > 1) {
            advance(pipeline, operation->cycles - 1);
            cycles += operation->cycles - 1;
        }
        retire(pipeline, operation, false);
        advance(pipeline, 1);
        return cycles + 1;
    }
    retire(pipeline, operation, early);
    if (bank == BANK_UNALIGNED) {
        advance(pipeline, UNALIGNED_CYCLES);
        cycles += UNALIGNED_CYCLES;
    }
    pipeline->half_full = 1;
    pipeline->properties = operation->properties;
    pipeline->bank = (uint8_t)bank;
    if (ends_cycle) {
        advance(pipeline, 1);
        cycles++;
    }
    return cycles;
}

int pipeline_run(Pipeline *pipeline, const Operation *operations, int count, const uint32_t *addresses, bool taken,
                 bool *flags_are_early)
{
    int now = 0, flags_set = -100;
    for (int i = 0; i < count; i++) {
        const Operation *operation = &operations[i];
        const bool branches = (operation->properties & BRANCHES) != 0;
        const int bank = bank_of(operation, addresses[i]);
        int issued = 0, cycles = 1;
        if (issue_younger(pipeline, operation, bank)) {
            advance(pipeline, 1);
        } else {
            cycles = issue_older(pipeline, operation, bank, branches && taken && i == count - 1, &issued);
        }
        if (operation->sets_flags) {
            flags_set = now + issued;
        }
        if (branches) {
            *flags_are_early = now + issued - flags_set >= EARLY_FLAGS_CYCLES;
        }
        now += cycles;
    }
    return now;
}
