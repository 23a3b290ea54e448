/*
 * Instructions of 32 bits (Armv7-M Architecture Reference Manual, A5.3): what they are, accesses, branches. Arithmetic is
 * in decode_data.c, the FPU in decode_float.c.
 */
#include "decode.h"

/* ---- memory ---- */

static void exclusive_or_table(Operation *operation, uint16_t first, uint16_t second)
{
    const int base = field(first, 0, 4), loads = field(first, 4, 1), data = field(second, 12, 4);
    const bool table = field(first, 7, 1) != 0 && loads && (second & 0xe0) == 0;
    if (table) {
        branch(operation, BRANCH_INDIRECT);
        issues_alone(operation, 2);
        operation->properties |= LOADS | SEVERAL;
        operation->access = ACCESS_LOAD;
        reads(operation, base, USE_BASE);
        reads(operation, field(second, 0, 4), USE_INDEX);
    } else if (loads) {
        load(operation, data, true, base, NONE, false);
        issues_alone(operation, 1);
    } else {
        store(operation, data, base, NONE, false);
        issues_alone(operation, 1);
    }
}

/* Several registers, two registers, exclusive accesses, branches by a table. */
static void several_words(Operation *operation, uint16_t first, uint16_t second)
{
    const int base = field(first, 0, 4);
    const bool loads = field(first, 4, 1) != 0, writes_back = field(first, 5, 1) != 0;
    if (field(first, 6, 1) == 0) {
        if (loads) {
            load_several(operation, base, second, writes_back);
        } else {
            store_several(operation, base, second & 0x5fffu, writes_back);
        }
        return;
    }
    if (field(first, 8, 1) == 0 && !writes_back) {
        exclusive_or_table(operation, first, second);
        return;
    }
    const int low = field(second, 12, 4), high = field(second, 8, 4);
    issues_alone(operation, 1);
    operation->class = loads ? CLASS_LOAD_SEVERAL : CLASS_STORE_SEVERAL;
    operation->access = loads ? ACCESS_LOAD : ACCESS_STORE;
    operation->properties |= (loads ? LOADS : STORES) | SEVERAL;
    reads(operation, base, USE_BASE);
    for (int i = 0; i < 2; i++) {
        const int data = i == 0 ? low : high;
        if (loads) {
            writes(operation, data, FROM_WORD);
        } else {
            reads(operation, data, USE_STORED);
        }
    }
    if (writes_back) {
        writes(operation, base, FROM_WRITEBACK);
    }
}

static void single_access(Operation *operation, uint16_t first, uint16_t second)
{
    const int base = field(first, 0, 4), data = field(second, 12, 4), size = field(first, 5, 2);
    const bool loads = field(first, 4, 1) != 0, word = size == 2;
    const bool offset = field(first, 7, 1) != 0 || (loads && base == REGISTER_PC);
    const bool short_offset = !offset && field(second, 11, 1) != 0; /* may write back */
    const int index = offset || short_offset ? NONE : field(second, 0, 4);
    const bool writes_back = short_offset && field(second, 8, 1) != 0;
    if (!loads) {
        store(operation, data, base, index, writes_back);
    } else if (data == REGISTER_PC && !word) { /* prefetch */
        operation->class = CLASS_OTHER;
        operation->properties |= LOADS;
        reads(operation, base, USE_BASE);
    } else {
        load(operation, data, word, base, index, writes_back);
        if (data == REGISTER_PC) {
            branch(operation, BRANCH_INDIRECT);
        }
    }
}

/* ---- branches ---- */

static int32_t far_distance(uint16_t first, uint16_t second)
{
    const uint32_t sign = (uint32_t)field(first, 10, 1);
    const uint32_t i1 = !((uint32_t)field(second, 13, 1) ^ sign), i2 = !((uint32_t)field(second, 11, 1) ^ sign);
    const uint32_t bits = sign << 24 | i1 << 23 | i2 << 22 | (uint32_t)field(first, 0, 10) << 12 |
                          (uint32_t)field(second, 0, 11) << 1;
    return (int32_t)(bits << 7) >> 7;
}

static int32_t conditional_distance(uint16_t first, uint16_t second)
{
    const uint32_t bits = (uint32_t)field(first, 10, 1) << 20 | (uint32_t)field(second, 11, 1) << 19 |
                          (uint32_t)field(second, 13, 1) << 18 | (uint32_t)field(first, 0, 6) << 12 |
                          (uint32_t)field(second, 0, 11) << 1;
    return (int32_t)(bits << 11) >> 11;
}

static void branch_or_control(Operation *operation, uint16_t first, uint16_t second, bool predicated)
{
    if (field(second, 14, 1) != 0) {
        branch_to(operation, BRANCH_CALL, far_distance(first, second));
        writes(operation, REGISTER_LR, FROM_LATE);
    } else if (field(second, 12, 1) != 0) {
        branch_to(operation, predicated ? BRANCH_CONDITIONAL : BRANCH_ALWAYS, far_distance(first, second));
    } else if (field(first, 7, 3) != 7) {
        reads(operation, REGISTER_FLAGS, USE_CONDITION);
        branch_to(operation, BRANCH_CONDITIONAL, conditional_distance(first, second));
    } else if ((first & 0xfff0) == 0xf3a0 && (second & 0xff) == 0) { /* no operation */
        operation->class = CLASS_OTHER;
    } else {
        other(operation, 3);
        if ((first & 0xffe0) == 0xf3e0) { /* reads a special register */
            writes(operation, field(second, 8, 4), FROM_LATE);
        }
    }
}

void decode_wide(Operation *operation, uint16_t first, uint16_t second, bool predicated)
{
    const bool coprocessor = field(first, 10, 1) != 0;
    switch (field(first, 11, 2)) {
    case 1:
        if (coprocessor) {
            decode_float(operation, first, second);
        } else if (field(first, 9, 1) == 0) {
            several_words(operation, first, second);
        } else {
            shifted_register(operation, first, second);
        }
        break;
    case 2:
        if (field(second, 15, 1) != 0) {
            branch_or_control(operation, first, second, predicated);
        } else if (field(first, 9, 1) == 0) {
            constant_operand(operation, first, second);
        } else {
            plain_constant(operation, first, second);
        }
        break;
    default:
        if (coprocessor) {
            decode_float(operation, first, second);
        } else if ((first & 0x600) == 0 && ((first & 0x100) == 0 || field(first, 4, 1) != 0)) {
            single_access(operation, first, second);
        } else if ((first & 0x700) == 0x200) {
            registers_only(operation, first, second);
        } else if ((first & 0x780) == 0x300) {
            multiply(operation, first, second);
        } else if ((first & 0x780) == 0x380) {
            long_multiply_or_divide(operation, first, second);
        } else {
            other(operation, 1);
        }
    }
}
