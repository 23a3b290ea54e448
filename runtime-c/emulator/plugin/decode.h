/* decode.h - what the three parts of the decoder share: how an operation is put together. */
#ifndef DECODE_H
#define DECODE_H

#include "m7.h"

/* Stands for an operand that the instruction does not have. */
enum { NONE = -1 };

void decode_narrow(Operation *operation, uint16_t first, bool predicated);
void decode_wide(Operation *operation, uint16_t first, uint16_t second, bool predicated);
void decode_float(Operation *operation, uint16_t first, uint16_t second);

/* Groups of decode_data.c. */
void shifted_register(Operation *operation, uint16_t first, uint16_t second);
void constant_operand(Operation *operation, uint16_t first, uint16_t second);
void plain_constant(Operation *operation, uint16_t first, uint16_t second);
void registers_only(Operation *operation, uint16_t first, uint16_t second);
void multiply(Operation *operation, uint16_t first, uint16_t second);
void long_multiply_or_divide(Operation *operation, uint16_t first, uint16_t second);

/* `width` bits from bit `low`. */
static inline int field(uint16_t halfword, int low, int width)
{
    return halfword >> low & ((1 << width) - 1);
}

/* The program counter is no operand, since its value is always there. */
void reads(Operation *operation, int number, int use);
void writes(Operation *operation, int number, int origin);
void sets_flags(Operation *operation);
void issues_alone(Operation *operation, int cycles);

/* Late ALU; add, subtract and move may be early; so may shifts. `to`, `left`, `right`: registers or NONE. */
void alu(Operation *operation, int to, int left, int right);
void add(Operation *operation, int to, int left, int right);
void shift(Operation *operation, int to, int left, int right);
/* Only marks it as of the DSP class. */
void dsp(Operation *operation);

void load(Operation *operation, int to, bool word, int base, int index, bool writes_back);
void store(Operation *operation, int from, int base, int index, bool writes_back);
/* `list`: bit n is rn. */
void load_several(Operation *operation, int base, uint32_t list, bool writes_back);
void store_several(Operation *operation, int base, uint32_t list, bool writes_back);

void branch(Operation *operation, int kind);
void branch_to(Operation *operation, int kind, int32_t distance);
void other(Operation *operation, int cycles);

#endif
