/*
 * tsc_mcu_arithmetic.h - the arithmetic of TensorFlow Lite's reference kernels: a part of tsc_mcu.h, which includes it.
 *
 * Real factors are a 31-bit multiplier and a shift; functions such as exp are fixed-point series. All of it is integer
 * arithmetic with defined overflow, the same on every target.
 */
#ifndef TSC_MCU_ARITHMETIC_H
#define TSC_MCU_ARITHMETIC_H

#include "tsc_mcu.h"

/* ---- multipliers and shifts ---- */

/* a * b / 2^31, rounded to nearest, ties towards +infinity (what gemmlowp's SaturatingRoundingDoublingHighMul computes). */
TSC_MCU_INLINE int32_t mcu_srdhm(int32_t a, int32_t b)
{
    if (a == INT32_MIN && b == INT32_MIN) {
        return INT32_MAX;
    }
    return (int32_t)(((int64_t)a * b + (INT64_C(1) << 30)) >> 31);
}

/* value / 2^shift, rounded to nearest, ties away from zero; 0 <= shift <= 62. */
TSC_MCU_INLINE int32_t mcu_rounding_shift_right(int32_t value, int32_t shift)
{
    if (shift == 0) {
        return value;
    }
    return (int32_t)(((int64_t)value + (value >> 31) + (INT64_C(1) << (shift - 1))) >> shift);
}

/* value * multiplier * 2^shift / 2^31 with TFLite's two roundings; multiplier >= 0, -31 <= shift <= 30. */
TSC_MCU_INLINE int32_t mcu_requantize(int32_t value, int32_t multiplier, int32_t shift)
{
    const int32_t left = shift > 0 ? shift : 0;
    const int64_t product = (int64_t)mcu_shift_left(value, left) * multiplier;
    return mcu_rounding_shift_right((int32_t)((product + (INT64_C(1) << 30)) >> 31), left - shift);
}

/*
 * The same for right shifts only: 1 <= shift <= 31, |value| < 2^30, multiplier >= 0. SMMULR of the doubled value is
 * gemmlowp's doubling high multiply for this range. The sum below cannot overflow: |t| < 2^30 and 2^(shift-1) <= 2^30.
 */
TSC_MCU_INLINE int32_t mcu_requantize_right(int32_t value, int32_t multiplier, int32_t shift)
{
    const int32_t t = mcu_smmulr(value * 2, multiplier);
    return (t + (t >> 31) + (INT32_C(1) << (shift - 1))) >> shift;
}

/* value * multiplier / 2^shift with one rounding, ties towards +infinity; 1 <= shift <= 62. */
TSC_MCU_INLINE int32_t mcu_requantize_once(int32_t value, int32_t multiplier, int32_t shift)
{
    return (int32_t)(((int64_t)value * multiplier + (INT64_C(1) << (shift - 1))) >> shift);
}

/* value * factor, rounded half away from zero, limited to [-512, 512]. */
TSC_MCU_INLINE int32_t mcu_requantize_double(int32_t value, double factor)
{
    const double real = (double)value * factor;
    return real > 512.0 ? 512 : real < -512.0 ? -512 : (int32_t)(real + (real < 0.0 ? -0.5 : 0.5));
}

/*
 * 1 / (1 + x) for x in [0, 1), Q0.31 to Q0.31: three Newton-Raphson steps from 48/17 - 32/17 d on d = (1 + x) / 2, as
 * gemmlowp's one_over_one_plus_x.
 */
TSC_MCU_INLINE int32_t mcu_reciprocal_of_one_plus(int32_t x)
{
    const int32_t half = (int32_t)(((int64_t)x + INT32_MAX + 1) / 2);
    int32_t estimate = INT32_C(1515870810) + mcu_srdhm(half, INT32_C(-1010580540));
    for (int step = 0; step < 3; step++) {
        const int32_t error = (INT32_C(1) << 29) - mcu_srdhm(half, estimate);
        estimate += mcu_srdhm(estimate, error) * 4; /* the error shrinks: |product| < 2^29 */
    }
    return estimate >= (INT32_C(1) << 30) ? INT32_MAX : estimate * 2;
}

/* 1 / (1 + x) for the fraction x that `sum` leaves below its leading one. 2^19 <= sum < 2^31; the result is in Q0.31. */
TSC_MCU_INLINE int32_t mcu_softmax_reciprocal(int32_t sum)
{
    return mcu_reciprocal_of_one_plus((int32_t)(((uint32_t)sum << mcu_clz(sum)) - (UINT32_C(1) << 31)));
}

/*
 * log(sum), Q12.19 to Q5.26, 1 <= sum < 4096: sum = 2^power * rest with rest around c = 2^(-1/4), and log(rest / c) as a
 * quotient of polynomials in rest - c. The nearer one of the powers of sum and of sum * sqrt(1/2) is taken.
 */
TSC_MCU_INLINE int32_t mcu_logarithm(int32_t sum)
{
    const int32_t root_half = INT32_C(1518500250);
    const int32_t c = INT32_C(1805811301);
    const int32_t zeros = mcu_clz(sum);
    const int32_t doubled = mcu_srdhm(sum << (zeros - 1), root_half);
    const int32_t rest_a = doubled >= (INT32_C(1) << 30) ? INT32_MAX : doubled * 2;
    const int32_t power_a = (12 - zeros) * (INT32_C(1) << 25) + (INT32_C(1) << 23);
    const int32_t room = mcu_clz(mcu_srdhm(sum, root_half)) - 1;
    const int32_t rest_b = sum > INT32_MAX >> room ? INT32_MAX : sum << room;
    const int32_t power_b = (12 - room) * (INT32_C(1) << 25) - (INT32_C(1) << 23);
    const int32_t rest = mcu_min(rest_a, rest_b);
    const int32_t middle = (int32_t)(((int64_t)rest + c + 1) / 2);
    const int32_t q = 2 * (rest - c); /* |rest - c| < 2^29 */
    const int32_t square = mcu_srdhm(q, q);
    const int32_t above = mcu_srdhm(q, rest) + mcu_srdhm(mcu_srdhm(q, square), INT32_C(117049297));
    const int32_t below = mcu_srdhm(middle, INT32_C(1057819769) + q + mcu_srdhm(INT32_C(127690142), square)) +
                          mcu_srdhm(INT32_C(638450708), q);
    const int32_t ratio = mcu_srdhm(mcu_rounding_shift_right(above, 6), mcu_reciprocal_of_one_plus(below));
    return (mcu_srdhm(mcu_max(power_a, power_b), INT32_C(1488522236)) + ratio) * 2; /* at most 8.4 * 2^26 */
}

/*
 * The multiplier of 1 / sqrt(x) = multiplier / 2^31 * 2^shift with shift = min((clz(x) - 1) / 2, 12) - 12, as TFLite's
 * GetInvSqrtQuantizedMultiplierExp; 0 counts as 1. x < 2^31 is brought to [1/4, 1) by a power of 4; then five Newton-Raphson
 * steps from 1 in Q3.28, where only the cube can reach 8 and saturates.
 */
TSC_MCU_INLINE int32_t mcu_inverse_square_root(int32_t x)
{
    if (x <= 1) {
        return INT32_MAX;
    }
    const int32_t pairs = ((mcu_clz(x) - 1) >> 1) - 1;
    const int32_t value = (pairs < 0 ? x >> 2 : x << (2 * pairs)) >> 1;
    const int32_t half = mcu_rounding_shift_right(value, 1);
    int32_t estimate = INT32_C(1) << 28;
    for (int step = 0; step < 5; step++) {
        const int32_t cube = mcu_srdhm(mcu_srdhm(estimate, estimate), estimate);
        const int32_t limited = cube >= (INT32_C(1) << 25) ? INT32_MAX : cube * 64;
        estimate = (mcu_srdhm(INT32_C(3) << 27, estimate) - mcu_srdhm(half, limited)) * 8;
    }
    const int32_t root = mcu_srdhm(estimate, INT32_C(1518500250));
    return pairs > 11 ? root << (pairs - 11) : root;
}

/* ---- int16 functions of recurrent layers, as gemmlowp computes them in 16 bits ---- */

/* a * b / 2^15, rounded to nearest, ties away from zero; not both -2^15. */
TSC_MCU_INLINE int32_t mcu_multiply_q15(int32_t a, int32_t b)
{
    const int32_t product = a * b;
    return (product + (product >= 0 ? 16384 : -16383)) / 32768;
}

/*
 * exp(x) in steps of 2^-15 for an int16 x < 0 with `bits` (1 to 7) above the point: a Taylor series around -1/8 for the part in
 * [-1/4, 0), times exp(-2^k) for each bit above.
 */
static inline int32_t mcu_exp16(int32_t x, int32_t bits)
{
    static const int16_t factors[7] = {25520, 19875, 12055, 4435, 600, 11, 0};
    const int32_t fraction = 15 - bits;
    const int32_t quarter = INT32_C(1) << (fraction - 2);
    if (bits > 5 && x < -(INT32_C(32) << fraction)) {
        return 0;
    }
    const int32_t part = (x & (quarter - 1)) - quarter;
    const int32_t rest = part - x;
    const int32_t a = mcu_ssat16(part * (INT32_C(1) << bits)) + 4096;
    const int32_t a2 = mcu_multiply_q15(a, a);
    const int32_t a3 = mcu_multiply_q15(a2, a);
    const int32_t a4 = mcu_multiply_q15(a2, a2);
    const int32_t third = mcu_multiply_q15(mcu_rounding_shift_right(a4, 2) + a3, 10923);
    const int32_t series = a + mcu_rounding_shift_right(third + a2, 1);
    int32_t result = mcu_ssat16(28918 + mcu_multiply_q15(28918, series));
    for (int32_t power = 0; power < 7 && fraction - 2 + power < 15; power++) {
        if ((rest >> (fraction - 2 + power)) & 1) {
            result = mcu_multiply_q15(result, factors[power]);
        }
    }
    return result;
}

/* 2 / (1 + x) in steps of 2^-13 for x in [0, 1) in steps of 2^-15: three Newton-Raphson steps. */
TSC_MCU_INLINE int32_t mcu_reciprocal16(int32_t x)
{
    const int32_t half = (x + 32768) / 2;
    int32_t estimate = 23130 + mcu_multiply_q15(half, -15420);
    for (int step = 0; step < 3; step++) {
        const int32_t error = 8192 - mcu_multiply_q15(half, estimate);
        estimate += mcu_ssat16(mcu_multiply_q15(estimate, error) * 4);
    }
    return estimate;
}

/* 1 / (1 + exp(-x)), x an int16 in steps of 2^-12, in steps of 2^-15. */
static inline int32_t mcu_sigmoid16(int32_t x)
{
    if (x == 0) {
        return 16384;
    }
    const int32_t positive = mcu_ssat16(mcu_reciprocal16(mcu_exp16(x < 0 ? x : -x, 3)) * 2);
    return x > 0 ? positive : 32767 - positive;
}

/* tanh(x), x an int16 with `bits` (0 to 6) above the point, in steps of 2^-15. The same word with one bit more is 2 x. */
static inline int32_t mcu_tanh16(int32_t x, int32_t bits)
{
    if (x == 0) {
        return 0;
    }
    const int32_t positive = mcu_ssat16((mcu_reciprocal16(mcu_exp16(x < 0 ? x : -x, bits + 1)) - 8192) * 4);
    return x < 0 ? -positive : positive;
}

#endif
