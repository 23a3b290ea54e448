/* Instructions of 16 bits (Armv7-M Architecture Reference Manual, A5.2). */
#include "decode.h"

static void finish(Operation *operation, bool predicated)
{
    if (!predicated) {
        sets_flags(operation);
    }
}

/* Register with register, `to` both operand and result. */
static void data_processing(Operation *operation, uint16_t first, bool predicated)
{
    const int to = field(first, 0, 3), from = field(first, 3, 3);
    switch (field(first, 6, 4)) {
    case 2: case 3: case 4: case 7: /* shifts by a register */
        shift(operation, to, to, from);
        break;
    case 5: case 6: /* with carry */
        alu(operation, to, to, from);
        reads(operation, REGISTER_FLAGS, USE_LATE);
        break;
    case 8: case 10: case 11: /* comparisons */
        alu(operation, NONE, to, from);
        sets_flags(operation);
        return;
    case 9: case 15: /* negation, complement */
        alu(operation, to, from, NONE);
        break;
    case 13:
        operation->class = CLASS_MUL;
        operation->properties |= MULTIPLIES;
        operation->macs = 1;
        reads(operation, to, USE_FACTOR);
        reads(operation, from, USE_FACTOR);
        writes(operation, to, FROM_MAC);
        break;
    default:
        alu(operation, to, to, from);
    }
    finish(operation, predicated);
}

/* Add, compare, move with any register; branches to a register. */
static void high_registers(Operation *operation, uint16_t first)
{
    const int to = field(first, 0, 3) | field(first, 7, 1) << 3, from = field(first, 3, 4);
    switch (field(first, 8, 2)) {
    case 0:
    case 2:
        add(operation, to, field(first, 8, 2) == 0 ? to : NONE, from);
        if (to == REGISTER_PC) {
            branch(operation, BRANCH_INDIRECT);
        }
        break;
    case 1:
        alu(operation, NONE, to, from);
        sets_flags(operation);
        break;
    default: {
        const bool calls = field(first, 7, 1) != 0;
        reads(operation, from, USE_CONDITION);
        branch(operation, calls ? BRANCH_INDIRECT_CALL : BRANCH_INDIRECT);
        if (calls) {
            writes(operation, REGISTER_LR, FROM_LATE);
        }
    }
    }
}

static void indexed_access(Operation *operation, uint16_t first)
{
    const int data = field(first, 0, 3), base = field(first, 3, 3), index = field(first, 6, 3);
    const int kind = field(first, 9, 3);
    if (kind < 3) {
        store(operation, data, base, index, false);
    } else {
        load(operation, data, kind == 4, base, index, false);
    }
}

static void miscellaneous(Operation *operation, uint16_t first)
{
    const int low = field(first, 0, 3), from = field(first, 3, 3);
    const uint32_t list = first & 0xffu, extra = first >> 8 & 1u;
    if ((first & 0xff00) == 0xb000) { /* add sp, subtract sp */
        add(operation, REGISTER_SP, REGISTER_SP, NONE);
    } else if ((first & 0xf500) == 0xb100) { /* compare with zero and branch */
        reads(operation, low, USE_LATE);
        branch_to(operation, BRANCH_CONDITIONAL, field(first, 3, 5) * 2 + field(first, 9, 1) * 64);
    } else if ((first & 0xff00) == 0xb200) { /* extensions */
        dsp(operation);
        reads(operation, from, USE_LATE);
        writes(operation, low, FROM_LATE);
    } else if ((first & 0xfe00) == 0xb400) { /* push */
        store_several(operation, REGISTER_SP, list | extra << REGISTER_LR, true);
    } else if ((first & 0xff00) == 0xba00) { /* reversals */
        dsp(operation);
        operation->properties |= SHIFTS;
        reads(operation, from, USE_EARLY);
        writes(operation, low, FROM_REVERSAL);
    } else if ((first & 0xfe00) == 0xbc00) { /* pop */
        load_several(operation, REGISTER_SP, list | extra << REGISTER_PC, true);
    } else if ((first & 0xff00) == 0xbf00) { /* IT, hints */
        operation->class = CLASS_OTHER;
    } else {
        other(operation, 1);
    }
}

static void conditional_branch(Operation *operation, uint16_t first)
{
    if (field(first, 8, 4) >= 14) { /* undefined, supervisor call */
        other(operation, 1);
        return;
    }
    reads(operation, REGISTER_FLAGS, USE_CONDITION);
    branch_to(operation, BRANCH_CONDITIONAL, (int8_t)(first & 0xff) * 2);
}

void decode_narrow(Operation *operation, uint16_t first, bool predicated)
{
    const int low = field(first, 0, 3), middle = field(first, 3, 3), high = field(first, 6, 3);
    const int upper = field(first, 8, 3);
    switch (first >> 11) {
    case 0: /* shift left, or move */
        if (field(first, 6, 5) == 0) {
            add(operation, low, NONE, middle);
            finish(operation, predicated);
            break;
        }
        /* fall through */
    case 1: case 2: /* shifts right */
        shift(operation, low, NONE, middle);
        finish(operation, predicated);
        break;
    case 3: /* add, subtract: register or constant of three bits */
        add(operation, low, middle, field(first, 10, 1) != 0 ? NONE : high);
        finish(operation, predicated);
        break;
    case 4: /* move a constant */
        add(operation, upper, NONE, NONE);
        finish(operation, predicated);
        break;
    case 5: /* compare with a constant */
        alu(operation, NONE, upper, NONE);
        sets_flags(operation);
        break;
    case 6: case 7: /* add, subtract a constant */
        add(operation, upper, upper, NONE);
        finish(operation, predicated);
        break;
    case 8:
        if (field(first, 10, 1) == 0) {
            data_processing(operation, first, predicated);
        } else {
            high_registers(operation, first);
        }
        break;
    case 9:
        load(operation, upper, true, REGISTER_PC, NONE, false);
        break;
    case 10: case 11:
        indexed_access(operation, first);
        break;
    case 12: case 14: case 16:
        store(operation, low, middle, NONE, false);
        break;
    case 13: case 15: case 17: /* word, byte, halfword */
        load(operation, low, first >> 11 == 13, middle, NONE, false);
        break;
    case 18:
        store(operation, upper, REGISTER_SP, NONE, false);
        break;
    case 19:
        load(operation, upper, true, REGISTER_SP, NONE, false);
        break;
    case 20: /* address of a constant */
        add(operation, upper, NONE, NONE);
        break;
    case 21:
        add(operation, upper, REGISTER_SP, NONE);
        break;
    case 22: case 23:
        miscellaneous(operation, first);
        break;
    case 24:
        store_several(operation, upper, first & 0xffu, true);
        break;
    case 25:
        load_several(operation, upper, first & 0xffu, (first >> upper & 1) == 0);
        break;
    case 26: case 27:
        conditional_branch(operation, first);
        break;
    case 28:
        branch_to(operation, predicated ? BRANCH_CONDITIONAL : BRANCH_ALWAYS,
                  (int32_t)((uint32_t)field(first, 0, 11) << 21) >> 20);
        break;
    default:
        other(operation, 1);
    }
}
