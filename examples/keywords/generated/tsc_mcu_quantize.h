/*
 * tsc_mcu_quantize.h - reals to int8, where a network's inputs are float: a part of tsc_mcu.h, which includes it.
 */
#ifndef TSC_MCU_QUANTIZE_H
#define TSC_MCU_QUANTIZE_H

#include "tsc_mcu.h"

/* Real to int8: value / scale rounded half away from zero, plus the zero point, limited to [-128, 127]. */
TSC_MCU_INLINE int32_t mcu_quantize(float value, float scale, int32_t zero_point)
{
    const float steps = value / scale;
    const float most = (float)(256 - zero_point);
    const float least = (float)(-256 - zero_point);
    int32_t rounded = -256 - zero_point; /* also for NaN */
    if (steps >= most) {
        rounded = 256 - zero_point;
    } else if (steps > least) {
        rounded = (int32_t)steps; /* exact: towards zero, |steps| < 2^10 */
        const float rest = steps - (float)rounded;
        rounded += rest >= 0.5f ? 1 : rest <= -0.5f ? -1 : 0;
    }
    return mcu_ssat8(rounded + zero_point);
}

#if TSC_MCU_ASM && TSC_MCU_FPV5

/* One instruction of a stage, for each of four neighbours; two stages go together where they pair. */
#define TSC_MCU_FOUR(one) one("0") one("1") one("2") one("3")
#define TSC_MCU_LOAD(i) "vldr %[x" i "], [%[from], #4*" i "]\n\t"
#define TSC_MCU_LEAST(i) "vmaxnm.f32 %[y" i "], %[y" i "], %[least]\n\t"
#define TSC_MCU_TAKE(i) "vmov %[q" i "], %[y" i "]\n\t"
#define TSC_MCU_MOST(i) "vminnm.f32 %[y" i "], %[y" i "], %[most]\n\t"
#define TSC_MCU_MOVE(i) "add %[q" i "], %[q" i "], %[zero]\n\t"
#define TSC_MCU_LOW(i) "vmul.f32 %[y" i "], %[x" i "], %[low]\n\t"
#define TSC_MCU_STORE(i) "strb %[q" i "], [%[to], #" i "]\n\t"
#define TSC_MCU_HIGH(i) "vfma.f32 %[y" i "], %[x" i "], %[high]\n\t"
#define TSC_MCU_ROUND(i) "vcvta.s32.f32 %[y" i "], %[y" i "]\n\t"
#define TSC_MCU_TAKE_LOW(i) TSC_MCU_TAKE(i) TSC_MCU_LOW(i)
#define TSC_MCU_HIGH_MOVE(i) TSC_MCU_HIGH(i) TSC_MCU_MOVE(i)
#define TSC_MCU_LEAST_STORE(i) TSC_MCU_LEAST(i) TSC_MCU_STORE(i)
#define TSC_MCU_MOST_LOAD(i) TSC_MCU_MOST(i) TSC_MCU_LOAD(i)

/*
 * `count` reals to int8, as mcu_quantize: x / scale rounds as x * high + x * low does, which the compiler has proved for every
 * result. high, low > 0, so that infinities stay what they are. Four at a time; a turn stores the results of the one before (the first stores what the second
 * overwrites) and loads the values of the next one (the last loads its own again). `to` and `from` do not overlap.
 */
TSC_MCU_INLINE void mcu_quantize_floats(int8_t *to, const mcu_float32 *from, int32_t count, float scale, float high,
                                        float low, int32_t zero_point)
{
    int32_t left = count / 4;
    if (left > 0) {
        float x0, x1, x2, x3, y0, y1, y2, y3;
        int32_t q0, q1, q2, q3, step = 0;
        __asm__ volatile(
            TSC_MCU_FOUR(TSC_MCU_LOAD)
            ".p2align 3\n"
            "1:\n\t"
            TSC_MCU_FOUR(TSC_MCU_TAKE_LOW)
            TSC_MCU_FOUR(TSC_MCU_HIGH_MOVE)
            "subs %[left], %[left], #1\n\t"
            "it ne\n\t"
            "addne %[from], %[from], #16\n\t"
            TSC_MCU_FOUR(TSC_MCU_LEAST_STORE) /* NaN becomes the least, too */
            "add %[to], %[to], %[step]\n\t"
            "mov %[step], #4\n\t"
            TSC_MCU_FOUR(TSC_MCU_MOST_LOAD)
            TSC_MCU_FOUR(TSC_MCU_ROUND)
            "bne 1b\n\t"
            TSC_MCU_FOUR(TSC_MCU_TAKE)
            TSC_MCU_FOUR(TSC_MCU_MOVE)
            TSC_MCU_FOUR(TSC_MCU_STORE)
            : [to] "+&r"(to), [from] "+&r"(from), [left] "+&r"(left), [step] "+&r"(step), [x0] "=&t"(x0), [x1] "=&t"(x1),
              [x2] "=&t"(x2), [x3] "=&t"(x3), [y0] "=&t"(y0), [y1] "=&t"(y1), [y2] "=&t"(y2), [y3] "=&t"(y3),
              [q0] "=&r"(q0), [q1] "=&r"(q1), [q2] "=&r"(q2), [q3] "=&r"(q3)
            : [least] "t"((float)(-128 - zero_point)), [most] "t"((float)(127 - zero_point)),
              [high] "t"(high), [low] "t"(low), [zero] "r"(zero_point)
            : "cc", "memory");
        to += 4;
        from += 4;
    }
    for (int32_t i = 0; i < count % 4; i++) {
        to[i] = (int8_t)mcu_quantize(from[i], scale, zero_point);
    }
}

#undef TSC_MCU_FOUR
#undef TSC_MCU_LOAD
#undef TSC_MCU_LEAST
#undef TSC_MCU_TAKE
#undef TSC_MCU_MOST
#undef TSC_MCU_MOVE
#undef TSC_MCU_LOW
#undef TSC_MCU_STORE
#undef TSC_MCU_HIGH
#undef TSC_MCU_ROUND
#undef TSC_MCU_TAKE_LOW
#undef TSC_MCU_HIGH_MOVE
#undef TSC_MCU_LEAST_STORE
#undef TSC_MCU_MOST_LOAD

#else

TSC_MCU_INLINE void mcu_quantize_floats(int8_t *to, const mcu_float32 *from, int32_t count, float scale, float high,
                                        float low, int32_t zero_point)
{
    (void)high;
    (void)low;
    for (int32_t i = 0; i < count; i++) {
        to[i] = (int8_t)mcu_quantize(from[i], scale, zero_point);
    }
}

#endif

#endif
