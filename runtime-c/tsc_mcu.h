/*
 * tsc_mcu.h - the small functions that generated networks are written with.
 *
 * Everything here is `static inline`: what a network does not call costs nothing. On cores with the DSP extension
 * (Cortex-M4, M7, M33 ...) the packed operations are single instructions, taken from <arm_acle.h>; elsewhere the
 * same function is portable C11 with the same result, bit for bit.
 *
 * A "word" holds four int8 (byte 0 lowest) or two int16 (bottom half lowest). Little-endian targets only.
 */
#ifndef TSC_MCU_H
#define TSC_MCU_H

#include <stdint.h>
#include <string.h>

/* Raised whenever generated code and this header must change together. */
#define TSC_MCU_RUNTIME 1

#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "tsc-mcu networks need a little-endian target"
#endif

_Static_assert((-1 >> 1) == -1, "tsc-mcu needs arithmetic right shifts");

/* Where constants go. Define it before the compiler sees the sources to place weights in a section of your own. */
#ifndef TSC_MCU_CONST
#define TSC_MCU_CONST
#endif

#if defined(__ARM_FEATURE_DSP) && __ARM_FEATURE_DSP && !defined(TSC_MCU_PORTABLE)
#include <arm_acle.h>
#define TSC_MCU_DSP 1
#else
#define TSC_MCU_DSP 0
#endif

/* Keeps small functions out of the call stack even at -O1 and in debug builds. */
#if defined(__GNUC__)
#define TSC_MCU_INLINE static inline __attribute__((always_inline))
#else
#define TSC_MCU_INLINE static inline
#endif

/*
 * Elements of arena memory wider than a byte. The arena is an array of bytes whose parts hold different types at
 * different times, so these accesses may alias anything.
 */
#if defined(__GNUC__)
typedef int16_t __attribute__((may_alias)) mcu_int16;
typedef float __attribute__((may_alias)) mcu_float32;
#else
typedef int16_t mcu_int16;
typedef float mcu_float32;
#endif

/* ---- words ---- */

TSC_MCU_INLINE int32_t mcu_load4(const int8_t *from)
{
    int32_t word;
    memcpy(&word, from, sizeof word); /* one LDR: the M7 reads unaligned words */
    return word;
}

TSC_MCU_INLINE int32_t mcu_load2(const mcu_int16 *from)
{
    int32_t word;
    memcpy(&word, from, sizeof word);
    return word;
}

TSC_MCU_INLINE void mcu_store4(int8_t *to, int32_t word)
{
    memcpy(to, &word, sizeof word);
}

TSC_MCU_INLINE int32_t mcu_add_wrapping(int32_t a, int32_t b)
{
    return (int32_t)((uint32_t)a + (uint32_t)b);
}

/* 0 <= shift <= 31; wraps. */
TSC_MCU_INLINE int32_t mcu_shift_left(int32_t value, int32_t shift)
{
    return (int32_t)((uint32_t)value << shift);
}

TSC_MCU_INLINE int32_t mcu_low16(int32_t word)
{
    return (int16_t)(word & 0xffff);
}

TSC_MCU_INLINE int32_t mcu_high16(int32_t word)
{
    return word >> 16;
}

TSC_MCU_INLINE int32_t mcu_pack16(int32_t bottom, int32_t top)
{
    return (int32_t)(((uint32_t)bottom & 0xffffu) | ((uint32_t)top << 16));
}

/* ---- packed multiply-accumulate; the kernels prove that accumulators stay within int32 ---- */

#if TSC_MCU_DSP

TSC_MCU_INLINE int32_t mcu_smlad(int32_t a, int32_t b, int32_t acc) { return __smlad(a, b, acc); }
TSC_MCU_INLINE int32_t mcu_smlatb(int32_t a, int32_t b, int32_t acc) { return __smlatb(a, b, acc); }
TSC_MCU_INLINE int32_t mcu_sxtb16(int32_t word) { return __sxtb16(word); }

TSC_MCU_INLINE int32_t mcu_sxtb16_ror8(int32_t word)
{
    int32_t halves;
    __asm__("sxtb16 %0, %1, ror #8" : "=r"(halves) : "r"(word)); /* GCC does not fold the rotation into the intrinsic */
    return halves;
}

TSC_MCU_INLINE int32_t mcu_ssat8(int32_t value)
{
    int32_t limited;
    __asm__("ssat %0, #8, %1" : "=r"(limited) : "r"(value));
    return limited;
}

TSC_MCU_INLINE int32_t mcu_ssat16(int32_t value)
{
    int32_t limited;
    __asm__("ssat %0, #16, %1" : "=r"(limited) : "r"(value));
    return limited;
}

TSC_MCU_INLINE int32_t mcu_smmulr(int32_t a, int32_t b)
{
    int32_t high;
    __asm__("smmulr %0, %1, %2" : "=r"(high) : "r"(a), "r"(b));
    return high;
}

#else

TSC_MCU_INLINE int32_t mcu_smlad(int32_t a, int32_t b, int32_t acc)
{
    return acc + mcu_low16(a) * mcu_low16(b) + mcu_high16(a) * mcu_high16(b);
}

TSC_MCU_INLINE int32_t mcu_smlatb(int32_t a, int32_t b, int32_t acc) { return acc + mcu_high16(a) * mcu_low16(b); }

TSC_MCU_INLINE int32_t mcu_sxtb16(int32_t word)
{
    return mcu_pack16((int8_t)(word & 0xff), (int8_t)((word >> 16) & 0xff));
}

TSC_MCU_INLINE int32_t mcu_sxtb16_ror8(int32_t word)
{
    return mcu_pack16((int8_t)((word >> 8) & 0xff), word >> 24);
}

TSC_MCU_INLINE int32_t mcu_ssat8(int32_t value)
{
    return value < -128 ? -128 : value > 127 ? 127 : value;
}

TSC_MCU_INLINE int32_t mcu_ssat16(int32_t value)
{
    return value < -32768 ? -32768 : value > 32767 ? 32767 : value;
}

/* The rounded high word of the product. */
TSC_MCU_INLINE int32_t mcu_smmulr(int32_t a, int32_t b)
{
    return (int32_t)(((int64_t)a * b + INT64_C(0x80000000)) >> 32);
}

#endif

/* acc + a[0] * b[0] + .. + a[3] * b[3], int8 each. The compiler shares the unpacking of words used more than once. */
TSC_MCU_INLINE int32_t mcu_dot4(int32_t a, int32_t b, int32_t acc)
{
    acc = mcu_smlad(mcu_sxtb16(a), mcu_sxtb16(b), acc);
    return mcu_smlad(mcu_sxtb16_ror8(a), mcu_sxtb16_ror8(b), acc);
}

TSC_MCU_INLINE int32_t mcu_min(int32_t a, int32_t b) { return a < b ? a : b; }
TSC_MCU_INLINE int32_t mcu_max(int32_t a, int32_t b) { return a > b ? a : b; }

TSC_MCU_INLINE int32_t mcu_clz(int32_t value)
{
#if defined(__GNUC__)
    return value == 0 ? 32 : __builtin_clz((unsigned)value);
#else
    int32_t zeros = 0;
    for (uint32_t bit = UINT32_C(1) << 31; bit != 0 && ((uint32_t)value & bit) == 0; bit >>= 1) {
        zeros++;
    }
    return zeros;
#endif
}

/* ---- moving bytes ---- */

TSC_MCU_INLINE void mcu_copy(int8_t *restrict to, const int8_t *restrict from, int32_t count)
{
    memcpy(to, from, (size_t)count);
}

TSC_MCU_INLINE void mcu_fill(int8_t *to, int32_t value, int32_t count)
{
    memset(to, value, (size_t)count);
}

TSC_MCU_INLINE void mcu_fill16(mcu_int16 *to, int32_t value, int32_t count)
{
    for (int32_t i = 0; i < count; i++) {
        to[i] = (int16_t)value;
    }
}

/* Every step-th of the int8 values, widened to int16. */
TSC_MCU_INLINE void mcu_widen(mcu_int16 *restrict to, const int8_t *restrict from, int32_t count, int32_t step)
{
    for (int32_t i = 0; i < count; i++) {
        to[i] = from[i * step];
    }
}

#include "tsc_mcu_arithmetic.h"

#endif
