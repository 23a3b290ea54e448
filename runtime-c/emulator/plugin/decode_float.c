/* Instructions of the FPU (Armv7-M Architecture Reference Manual, A6). */
#include "decode.h"

/* A register as it is encoded: four bits, and one that is the lowest of singles and the highest of doubles. */
typedef struct {
    int number;  /* of its first single, 0 to 31; doubles beyond d15 do not exist */
    bool exists;
    bool is_double;
} FloatRegister;

static FloatRegister float_register(bool is_double, int four, int one)
{
    const int number = is_double ? (one << 4 | four) * 2 : four << 1 | one;
    return (FloatRegister){.number = number, .exists = number < 32, .is_double = is_double};
}

static void float_reads(Operation *operation, FloatRegister from, int use)
{
    for (int i = 0; from.exists && i <= (from.is_double ? 1 : 0); i++) {
        reads(operation, REGISTER_S0 + from.number + i, use);
    }
}

static void float_writes(Operation *operation, FloatRegister to, int origin)
{
    for (int i = 0; to.exists && i <= (to.is_double ? 1 : 0); i++) {
        writes(operation, REGISTER_S0 + to.number + i, origin);
    }
}

/* The operands of most encodings. */
typedef struct {
    bool is_double;
    FloatRegister to, left, right;
} Operands;

static Operands operands_of(uint16_t first, uint16_t second)
{
    const bool is_double = field(second, 8, 1) != 0;
    return (Operands){
        .is_double = is_double,
        .to = float_register(is_double, field(second, 12, 4), field(first, 6, 1)),
        .left = float_register(is_double, field(first, 0, 4), field(second, 7, 1)),
        .right = float_register(is_double, field(second, 0, 4), field(second, 5, 1)),
    };
}

/* Two core registers with two singles or a double. */
static void move_pair(Operation *operation, uint16_t first, uint16_t second)
{
    const Operands operands = operands_of(first, second);
    const int low = field(second, 12, 4), high = field(first, 0, 4);
    FloatRegister next = operands.right;
    next.number++;
    next.exists = !operands.is_double;
    operation->class = CLASS_FLOAT_MOVE;
    issues_alone(operation, 1);
    if (field(first, 4, 1) != 0) {
        float_reads(operation, operands.right, USE_FLOAT_MOVED);
        float_reads(operation, next, USE_FLOAT_MOVED);
        writes(operation, low, FROM_FPU);
        writes(operation, high, FROM_FPU);
    } else {
        reads(operation, low, USE_FLOAT_MOVED);
        reads(operation, high, USE_FLOAT_MOVED);
        float_writes(operation, operands.right, FROM_CORE);
        float_writes(operation, next, FROM_CORE);
    }
}

static void float_memory(Operation *operation, uint16_t first, uint16_t second)
{
    const Operands operands = operands_of(first, second);
    const bool loads = field(first, 4, 1) != 0, writes_back = field(first, 5, 1) != 0;
    const bool one = field(first, 8, 1) != 0 && !writes_back;
    const int base = field(first, 0, 4), words = second & 0xff;
    operation->class = CLASS_FLOAT_MEMORY;
    operation->properties |= FLOAT_ACCESS | (loads ? LOADS : STORES);
    operation->access = loads ? ACCESS_LOAD : ACCESS_STORE;
    reads(operation, base, USE_BASE);
    if (one) {
        if (operands.is_double) {
            operation->properties |= SEVERAL;
            issues_alone(operation, 1);
        }
        if (loads) {
            float_writes(operation, operands.to, FROM_FLOAT_LOAD);
        } else {
            float_reads(operation, operands.to, USE_FLOAT_STORED);
        }
        return;
    }
    operation->properties |= SEVERAL;
    issues_alone(operation, (words + 1) / 2);
    for (int i = 0; i < words && i < 16 && operands.to.number + i < 32; i++) {
        if (loads) {
            writes(operation, REGISTER_S0 + operands.to.number + i, FROM_FLOAT_LOAD);
        } else {
            reads(operation, REGISTER_S0 + operands.to.number + i, USE_FLOAT_STORED);
        }
    }
    if (writes_back) {
        writes(operation, base, FROM_WRITEBACK);
    }
}

/* One core register with a single, or with the FPU's status. */
static void move_single(Operation *operation, uint16_t first, uint16_t second)
{
    const bool to_core = field(first, 4, 1) != 0;
    const int core = field(second, 12, 4);
    const FloatRegister single = float_register(false, field(first, 0, 4), field(second, 7, 1));
    operation->class = CLASS_FLOAT_MOVE;
    if (field(first, 5, 3) == 7) { /* status */
        issues_alone(operation, 1);
        if (to_core && core == REGISTER_PC) {
            sets_flags(operation);
        } else if (to_core) {
            writes(operation, core, FROM_FPU);
        }
    } else if (to_core) {
        float_reads(operation, single, USE_FLOAT_MOVED);
        writes(operation, core, FROM_FPU);
    } else {
        reads(operation, core, USE_FLOAT_MOVED);
        float_writes(operation, single, FROM_CORE);
    }
}

static void two_operands(Operation *operation, Operands operands, int origin)
{
    float_reads(operation, operands.left, USE_FLOAT);
    float_reads(operation, operands.right, USE_FLOAT);
    float_writes(operation, operands.to, origin);
}

static void multiply_add(Operation *operation, Operands operands, int origin, int double_cycles)
{
    operation->properties |= FLOAT_MULTIPLIES;
    float_reads(operation, operands.left, USE_FLOAT);
    float_reads(operation, operands.right, USE_FLOAT);
    float_reads(operation, operands.to, USE_FLOAT_ADDEND);
    float_writes(operation, operands.to, origin);
    if (operands.is_double) {
        issues_alone(operation, double_cycles);
    }
}

/* Selection, minimum and maximum, rounding, conversion with a rounding mode. */
static void without_condition(Operation *operation, uint16_t first, uint16_t second)
{
    const Operands operands = operands_of(first, second);
    const bool selects = field(first, 7, 1) == 0, pairs = selects || (first & 0xb0) == 0x80;
    if (pairs) {
        float_reads(operation, operands.left, USE_FLOAT);
    }
    float_reads(operation, operands.right, USE_FLOAT);
    if (selects) {
        reads(operation, REGISTER_FLAGS, USE_CONDITION);
        operation->properties |= OLDER_ONLY;
    }
    const bool to_integer = (first & 0xbf) >= 0xbc;
    const FloatRegister single = float_register(false, field(second, 12, 4), field(first, 6, 1));
    float_writes(operation, to_integer ? single : operands.to, FROM_FLOAT);
}

static void move_of_fpu(Operation *operation, uint32_t properties, Operands operands, bool constant)
{
    operation->class = CLASS_FLOAT_MOVE;
    operation->properties = properties;
    if (!constant) {
        float_reads(operation, operands.right, USE_FLOAT_MOVED);
    }
    float_writes(operation, operands.to, FROM_CORE);
}

/* One operand: moves, comparison, square root, conversion. */
static void one_operand(Operation *operation, uint16_t first, uint16_t second)
{
    const Operands operands = operands_of(first, second);
    const int what = field(first, 0, 4), which = field(second, 6, 2);
    const FloatRegister single_from = float_register(false, field(second, 0, 4), field(second, 5, 1));
    const FloatRegister single_to = float_register(false, field(second, 12, 4), field(first, 6, 1));
    if ((which & 1) == 0 || (what == 0 && which == 1)) {
        const bool constant = (which & 1) == 0;
        move_of_fpu(operation, constant ? FLOAT_CONSTANT : 0, operands, constant);
        return;
    }
    if (what == 4 || what == 5) { /* comparison */
        float_reads(operation, operands.to, USE_FLOAT);
        if (what == 4) {
            float_reads(operation, operands.right, USE_FLOAT);
        }
        return;
    }
    const bool known = what <= 1 || (what >= 6 && what <= 8) || what == 12 || what == 13;
    if (!known) { /* fixed point and half precision: in place */
        float_reads(operation, operands.to, USE_FLOAT);
    }
    float_reads(operation, what == 8 ? single_from : operands.right, USE_FLOAT);
    if (what == 7 && which == 3) { /* between single and double */
        const FloatRegister wide = float_register(true, field(second, 12, 4), field(first, 6, 1));
        float_writes(operation, operands.is_double ? single_to : wide, FROM_FLOAT);
    } else {
        float_writes(operation, what == 12 || what == 13 ? single_to : operands.to, FROM_FLOAT);
    }
    if (what == 1 && which == 3) {
        issues_alone(operation, operands.is_double ? 30 : 14); /* square root */
    }
}

static void arithmetic(Operation *operation, uint16_t first, uint16_t second)
{
    const Operands operands = operands_of(first, second);
    operation->class = CLASS_FLOAT;
    operation->properties |= FLOATS | (operands.is_double ? OLDER_ONLY : 0);
    if ((first & 0xff00) == 0xfe00) {
        without_condition(operation, first, second);
        return;
    }
    switch (field(first, 4, 4) & 0xb) {
    case 0: case 1:
        multiply_add(operation, operands, FROM_CHAINED, 5);
        break;
    case 9: case 10:
        multiply_add(operation, operands, FROM_FUSED, 6);
        break;
    case 8: /* division */
        two_operands(operation, operands, FROM_FLOAT);
        issues_alone(operation, operands.is_double ? 30 : 16);
        break;
    case 2: case 3: /* multiplication, addition */
        two_operands(operation, operands, FROM_FLOAT);
        if (operands.is_double) {
            issues_alone(operation, (field(first, 4, 4) & 0xb) == 2 ? 5 : 2);
        }
        break;
    default:
        one_operand(operation, first, second);
    }
}

void decode_float(Operation *operation, uint16_t first, uint16_t second)
{
    if ((first & 0xffe0) == 0xec40) {
        move_pair(operation, first, second);
    } else if ((first & 0xfe00) == 0xec00) {
        float_memory(operation, first, second);
    } else if ((first & 0xff00) == 0xee00 && field(second, 4, 1) != 0) {
        move_single(operation, first, second);
    } else {
        arithmetic(operation, first, second);
    }
}
