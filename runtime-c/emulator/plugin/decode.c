#include "decode.h"

#include <string.h>

const char *const class_names[CLASS_COUNT] = {
    "alu", "alu_sh", "shift", "dsp", "mul", "dualmac", "div", "ldw", "ldb_h", "ldm_d", "st", "stm_d", "branch", "fp",
    "fp_ldst", "fp_mov", "misc",
};

void reads(Operation *operation, int number, int use)
{
    if (number != REGISTER_PC && operation->read_count < READS_MAX) {
        operation->reads[operation->read_count] = (uint8_t)number;
        operation->uses[operation->read_count++] = (uint8_t)use;
    }
}

void writes(Operation *operation, int number, int origin)
{
    if (number != REGISTER_PC && operation->write_count < WRITES_MAX) {
        operation->writes[operation->write_count] = (uint8_t)number;
        operation->origins[operation->write_count++] = (uint8_t)origin;
    }
}

void sets_flags(Operation *operation)
{
    operation->sets_flags = 1;
    writes(operation, REGISTER_FLAGS, FROM_COMPARISON);
}

void issues_alone(Operation *operation, int cycles)
{
    operation->properties |= ALONE;
    operation->cycles = (uint8_t)(cycles > 0 ? cycles : 1);
}

void alu(Operation *operation, int to, int left, int right)
{
    operation->class = CLASS_ALU;
    if (left != NONE) {
        reads(operation, left, USE_LATE);
    }
    if (right != NONE) {
        reads(operation, right, USE_LATE);
    }
    if (to != NONE) {
        writes(operation, to, FROM_LATE);
    }
}

void add(Operation *operation, int to, int left, int right)
{
    alu(operation, to, left, right);
    operation->properties |= EARLY_IF_OLDER;
}

void shift(Operation *operation, int to, int left, int right)
{
    alu(operation, to, left, right);
    operation->class = CLASS_SHIFT;
    operation->properties |= EARLY_ALWAYS;
}

void dsp(Operation *operation)
{
    operation->class = CLASS_DSP;
    operation->properties |= OLDER_ONLY;
}

static void address(Operation *operation, int base, int index)
{
    reads(operation, base, USE_BASE);
    if (index != NONE) {
        reads(operation, index, USE_INDEX);
    }
}

void load(Operation *operation, int to, bool word, int base, int index, bool writes_back)
{
    operation->properties |= LOADS;
    operation->access = ACCESS_LOAD;
    operation->class = word ? CLASS_LOAD_WORD : CLASS_LOAD_PART;
    address(operation, base, index);
    writes(operation, to, word ? FROM_WORD : FROM_PART);
    if (writes_back) {
        writes(operation, base, FROM_WRITEBACK);
    }
}

void store(Operation *operation, int from, int base, int index, bool writes_back)
{
    operation->properties |= STORES;
    operation->access = ACCESS_STORE;
    operation->class = CLASS_STORE;
    address(operation, base, index);
    reads(operation, from, USE_STORED);
    if (writes_back) {
        writes(operation, base, FROM_WRITEBACK);
    }
}

/* Two words a cycle. */
static int list_cycles(uint32_t list)
{
    return (__builtin_popcount(list) + 1) / 2;
}

void load_several(Operation *operation, int base, uint32_t list, bool writes_back)
{
    operation->class = CLASS_LOAD_SEVERAL;
    operation->properties |= LOADS | SEVERAL;
    operation->access = ACCESS_LOAD;
    issues_alone(operation, list_cycles(list));
    reads(operation, base, USE_BASE);
    for (int number = 0; number < REGISTER_PC; number++) {
        if ((list >> number & 1) != 0) {
            writes(operation, number, FROM_WORD);
        }
    }
    if (writes_back) {
        writes(operation, base, FROM_WRITEBACK);
    }
    if ((list >> REGISTER_PC & 1) != 0) {
        operation->branch = BRANCH_INDIRECT;
        operation->properties |= BRANCHES;
    }
}

void store_several(Operation *operation, int base, uint32_t list, bool writes_back)
{
    operation->class = CLASS_STORE_SEVERAL;
    operation->properties |= STORES | SEVERAL;
    operation->access = ACCESS_STORE;
    issues_alone(operation, list_cycles(list));
    reads(operation, base, USE_BASE);
    for (int number = 0; number < REGISTER_PC; number++) {
        if ((list >> number & 1) != 0) {
            reads(operation, number, USE_STORED);
        }
    }
    if (writes_back) {
        writes(operation, base, FROM_WRITEBACK);
    }
}

void branch(Operation *operation, int kind)
{
    operation->class = CLASS_BRANCH;
    operation->properties |= BRANCHES;
    operation->branch = (uint8_t)kind;
}

void branch_to(Operation *operation, int kind, int32_t distance)
{
    branch(operation, kind);
    operation->target = operation->address + 4 + (uint32_t)distance;
}

void other(Operation *operation, int cycles)
{
    operation->class = CLASS_OTHER;
    issues_alone(operation, cycles);
}

int predicated_by(uint16_t first)
{
    const int mask = field(first, 0, 4);
    if ((first & 0xff00) != 0xbf00 || mask == 0) {
        return 0;
    }
    return 4 - __builtin_ctz((unsigned)mask);
}

/*
 * A predicated instruction also depends on what its target held before; a result that comes later stands for that, and
 * for the condition.
 */
static void predicate(Operation *operation)
{
    if (operation->class != CLASS_BRANCH) {
        reads(operation, REGISTER_FLAGS, USE_LATE);
    }
    if (operation->branch == BRANCH_ALWAYS) {
        operation->branch = BRANCH_CONDITIONAL;
    }
    for (int i = 0; i < operation->write_count; i++) {
        const int origin = operation->origins[i];
        if (origin == FROM_LATE || origin == FROM_WORD || origin == FROM_REVERSAL) {
            operation->origins[i] = FROM_PREDICATED;
        }
    }
    operation->properties &= ~(uint32_t)(EARLY_IF_OLDER | EARLY_ALWAYS);
}

void decode(Operation *operation, uint32_t address, uint16_t first, uint16_t second, bool predicated)
{
    memset(operation, 0, sizeof *operation);
    operation->address = address;
    operation->bytes = first >> 11 < 0x1d ? 2 : 4;
    if (operation->bytes == 2) {
        decode_narrow(operation, first, predicated);
    } else {
        decode_wide(operation, first, second, predicated);
    }
    if (predicated) {
        predicate(operation);
    }
}
