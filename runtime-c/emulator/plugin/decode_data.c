/* Data processing, multiplication and division in 32 bits (Armv7-M Architecture Reference Manual, A5.3). */
#include "decode.h"

/* Bits of the first halfword that say which comparison it is when the result goes nowhere: TST, TEQ, CMN, CMP. */
static bool compares(int operation_bits, int to, bool flags)
{
    return flags && to == REGISTER_PC &&
           (operation_bits == 0 || operation_bits == 4 || operation_bits == 8 || operation_bits == 13);
}

enum { MOVE = 2, MOVE_NOT = 3, PACK = 6, ADD = 8, ADD_CARRY = 10, SUBTRACT_CARRY = 11, SUBTRACT = 13 };

static void move_shifted(Operation *operation, int to, int from, int kind, int amount)
{
    if (kind == 0 && amount == 0) {
        add(operation, to, NONE, from);
    } else if (kind == 3 && amount == 0) { /* through the carry */
        alu(operation, to, NONE, NONE);
        reads(operation, from, USE_EARLY);
        reads(operation, REGISTER_FLAGS, USE_LATE);
    } else {
        shift(operation, to, NONE, from);
    }
}

/* The second operand is a register, shifted by a constant. */
void shifted_register(Operation *operation, uint16_t first, uint16_t second)
{
    const int what = field(first, 5, 4), left = field(first, 0, 4), right = field(second, 0, 4);
    const int to = field(second, 8, 4), kind = field(second, 4, 2);
    const int amount = field(second, 12, 3) << 2 | field(second, 6, 2);
    const bool flags = field(first, 4, 1) != 0;
    if (what == PACK) {
        dsp(operation);
        operation->properties |= SHIFTS;
        reads(operation, left, field(second, 5, 1) != 0 ? USE_EARLY : USE_LATE_SHIFTED);
        reads(operation, right, USE_EARLY);
        writes(operation, to, FROM_LATE);
        return;
    }
    if (what == MOVE && left == REGISTER_PC) {
        move_shifted(operation, to, right, kind, amount);
        if (flags) {
            sets_flags(operation);
        }
        if (to == REGISTER_PC) {
            branch(operation, BRANCH_INDIRECT);
        }
        return;
    }
    const bool comparison = compares(what, to, flags);
    const int result = comparison ? NONE : to;
    const int operand = what == MOVE_NOT && left == REGISTER_PC ? NONE : left;
    if (amount == 0 && kind == 0) {
        alu(operation, result, operand, right);
        if ((what == ADD || what == SUBTRACT) && !comparison) {
            operation->properties |= EARLY_IF_OLDER;
        }
    } else {
        operation->class = CLASS_ALU_SHIFTED;
        operation->properties |= SHIFTS;
        if (operand != NONE) {
            reads(operation, operand, USE_LATE_SHIFTED);
        }
        reads(operation, right, USE_EARLY);
        if (result != NONE) {
            writes(operation, result, FROM_LATE);
        }
    }
    if (what == ADD_CARRY || what == SUBTRACT_CARRY) {
        reads(operation, REGISTER_FLAGS, USE_LATE);
    }
    if (flags) {
        sets_flags(operation);
    }
}

/* The second operand is a constant of 8 bits, replicated or shifted. */
void constant_operand(Operation *operation, uint16_t first, uint16_t second)
{
    const int what = field(first, 5, 4), left = field(first, 0, 4), to = field(second, 8, 4);
    const bool flags = field(first, 4, 1) != 0, shifted = field(first, 10, 1) != 0 || field(second, 12, 3) >= 4;
    const bool comparison = compares(what, to, flags), moves = what == MOVE && left == REGISTER_PC;
    const bool no_operand = moves || (what == MOVE_NOT && left == REGISTER_PC);
    alu(operation, comparison ? NONE : to, no_operand ? NONE : left, NONE);
    if (shifted) {
        operation->properties |= SHIFTS;
        operation->class = CLASS_ALU_SHIFTED;
    } else if (!comparison && (what == ADD || what == SUBTRACT || moves)) {
        operation->properties |= EARLY_IF_OLDER;
    }
    if (what == ADD_CARRY || what == SUBTRACT_CARRY) {
        reads(operation, REGISTER_FLAGS, USE_LATE);
    }
    if (flags) {
        sets_flags(operation);
    }
}

void plain_constant(Operation *operation, uint16_t first, uint16_t second)
{
    const int left = field(first, 0, 4), to = field(second, 8, 4);
    switch (field(first, 4, 5)) {
    case 0: case 10: /* add, subtract 12 bits */
        add(operation, to, left, NONE);
        break;
    case 4: /* move 16 bits */
        add(operation, to, NONE, NONE);
        break;
    case 12: /* move to the top */
        alu(operation, to, to, NONE);
        break;
    case 16: case 18: case 24: case 26: /* saturation */
        dsp(operation);
        operation->properties |= SHIFTS;
        reads(operation, left, USE_EARLY);
        writes(operation, to, FROM_DSP);
        break;
    case 20: case 28: /* extraction of a bit field */
        dsp(operation);
        operation->properties |= SHIFTS;
        reads(operation, left, USE_EARLY);
        writes(operation, to, FROM_LATE);
        break;
    case 22: /* insertion */
        dsp(operation);
        operation->properties |= SHIFTS;
        if (left != REGISTER_PC) {
            reads(operation, left, USE_EARLY);
        }
        reads(operation, to, USE_LATE_SHIFTED);
        writes(operation, to, FROM_LATE);
        break;
    default:
        other(operation, 1);
    }
}

/* Shifts by a register, extensions, parallel arithmetic, saturating arithmetic, reversals, selection, leading zeros. */
void registers_only(Operation *operation, uint16_t first, uint16_t second)
{
    const int left = field(first, 0, 4), right = field(second, 0, 4), to = field(second, 8, 4);
    const bool narrow_group = field(first, 7, 1) == 0;
    if (narrow_group && field(second, 7, 1) == 0) {
        shift(operation, to, left, right);
        if (field(first, 4, 1) != 0) {
            sets_flags(operation);
        }
        return;
    }
    dsp(operation);
    int origin = FROM_LATE, left_use = USE_LATE, right_use = USE_LATE;
    bool has_left = true;
    if (narrow_group) { /* extensions, with addition unless the left operand is pc */
        has_left = left != REGISTER_PC;
        if (has_left) {
            operation->properties |= SHIFTS;
            left_use = USE_LATE_SHIFTED;
            right_use = USE_EARLY;
        }
    } else if (field(second, 7, 1) == 0) { /* parallel: saturating ones take longer, plain ones set GE */
        origin = field(second, 4, 2) == 1 ? FROM_DSP : FROM_LATE;
    } else {
        switch (field(first, 4, 2)) {
        case 0: /* saturating, with doubling */
            origin = FROM_DSP;
            if (field(second, 4, 1) != 0) {
                operation->properties |= SHIFTS;
                left_use = right_use = USE_EARLY;
            }
            break;
        case 1: /* reversals */
            operation->properties |= SHIFTS;
            has_left = false;
            right_use = USE_EARLY;
            origin = FROM_REVERSAL;
            break;
        case 2: /* selection by GE */
            break;
        default: /* leading zeros */
            has_left = false;
        }
    }
    if (has_left) {
        reads(operation, left, left_use);
    }
    reads(operation, right, right_use);
    if (!narrow_group && field(second, 7, 1) != 0 && field(first, 4, 2) == 2) {
        reads(operation, REGISTER_FLAGS, USE_LATE);
    }
    writes(operation, to, origin);
    if (!narrow_group && field(second, 7, 1) == 0 && field(second, 4, 2) == 0) {
        sets_flags(operation);
    }
}

/* ---- multiplication and division ---- */

enum { DIVIDE_CYCLES = 7 };

void multiply(Operation *operation, uint16_t first, uint16_t second)
{
    const int left = field(first, 0, 4), right = field(second, 0, 4), addend = field(second, 12, 4);
    const int what = field(first, 4, 3);
    const bool differences = what == 7; /* sums of absolute differences */
    if (differences) {
        dsp(operation);
    } else {
        const bool dual = what == 2 || what == 4;
        operation->class = dual ? CLASS_DUAL_MAC : CLASS_MUL;
        operation->macs = dual ? 2 : 1;
        operation->properties |= MULTIPLIES;
    }
    reads(operation, left, differences ? USE_LATE : USE_FACTOR);
    reads(operation, right, differences ? USE_LATE : USE_FACTOR);
    if (addend != REGISTER_PC) {
        reads(operation, addend, USE_ADDEND);
    }
    writes(operation, field(second, 8, 4), differences ? FROM_DSP : FROM_MAC);
}

void long_multiply_or_divide(Operation *operation, uint16_t first, uint16_t second)
{
    const int what = field(first, 4, 3), low = field(second, 12, 4), high = field(second, 8, 4);
    reads(operation, field(first, 0, 4), USE_FACTOR);
    reads(operation, field(second, 0, 4), USE_FACTOR);
    if (what == 1 || what == 3) {
        operation->class = CLASS_DIVIDE;
        issues_alone(operation, DIVIDE_CYCLES);
        writes(operation, high, FROM_LATE);
        return;
    }
    const bool dual = what == 5 || (what == 4 && (second & 0xc0) == 0xc0);
    operation->class = dual ? CLASS_DUAL_MAC : CLASS_MUL;
    operation->macs = dual ? 2 : 1;
    operation->properties |= MULTIPLIES;
    if (what >= 4) { /* accumulates */
        reads(operation, low, USE_ADDEND);
        reads(operation, high, USE_ADDEND);
    }
    writes(operation, low, FROM_MAC);
    writes(operation, high, FROM_MAC);
}
