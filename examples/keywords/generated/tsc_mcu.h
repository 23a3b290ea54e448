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

/*
 * Hot loops come twice: as asm with a schedule made for the Cortex-M7, and as the same in C. The asm needs up to 14
 * registers, more than unoptimised code leaves; -DTSC_MCU_NO_ASM takes the C.
 */
#if TSC_MCU_DSP && defined(__GNUC__) && defined(__OPTIMIZE__) && !defined(TSC_MCU_NO_ASM)
#define TSC_MCU_ASM 1
#else
#define TSC_MCU_ASM 0
#endif

/*
 * Floating point of FPv5 (VMAXNM, VCVTA), as all with double precision have it. Compilers do not tell FPv5 of single precision
 * from FPv4: -DTSC_MCU_FPV5=1 does, for a Cortex-M7 with -mfpu=fpv5-sp-d16.
 */
#ifndef TSC_MCU_FPV5
#if TSC_MCU_DSP && defined(__ARM_FP) && (__ARM_FP & 8)
#define TSC_MCU_FPV5 1
#else
#define TSC_MCU_FPV5 0
#endif
#endif

/* Keeps small functions out of the call stack even at -O1 and in debug builds. */
#if defined(__GNUC__)
#define TSC_MCU_INLINE static inline __attribute__((always_inline))
#else
#define TSC_MCU_INLINE static inline
#endif

/*
 * The function of a layer. Put into its caller, where nothing says any longer that its pointers do not overlap, it would take
 * up to twice the time; and asm that takes all registers may not find them in a large function.
 */
#if defined(__GNUC__)
#define TSC_MCU_LAYER static __attribute__((noinline))
#else
#define TSC_MCU_LAYER static
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

TSC_MCU_INLINE void mcu_store2(mcu_int16 *to, int32_t word)
{
    memcpy(to, &word, sizeof word);
}

TSC_MCU_INLINE void mcu_store4(int8_t *to, int32_t word)
{
    memcpy(to, &word, sizeof word);
}

#include "tsc_mcu_packed.h"

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

#include "tsc_mcu_arithmetic.h"
#include "tsc_mcu_quantize.h"

#endif
