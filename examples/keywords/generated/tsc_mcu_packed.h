/*
 * tsc_mcu_packed.h - words of two int16 or four int8, and the instructions of the DSP extension under Arm's names: a
 * part of tsc_mcu.h, which includes it. Generated code proves that sums stay within int32.
 */
#ifndef TSC_MCU_PACKED_H
#define TSC_MCU_PACKED_H

TSC_MCU_INLINE int32_t mcu_add_wrapping(int32_t a, int32_t b)
{
    return (int32_t)((uint32_t)a + (uint32_t)b);
}

/* 0 <= shift <= 31; wraps. */
TSC_MCU_INLINE int32_t mcu_shift_left(int32_t value, int32_t shift)
{
    return (int32_t)((uint32_t)value << shift);
}

/* a * b + acc; wraps. */
TSC_MCU_INLINE int32_t mcu_mla(int32_t a, int32_t b, int32_t acc)
{
    return (int32_t)((uint32_t)a * (uint32_t)b + (uint32_t)acc);
}

TSC_MCU_INLINE int32_t mcu_low16(int32_t word)
{
    return (int16_t)(word & 0xffff);
}

TSC_MCU_INLINE int32_t mcu_high16(int32_t word)
{
    return word >> 16;
}

/* PKHBT: both bottom halves. */
TSC_MCU_INLINE int32_t mcu_pack16(int32_t bottom, int32_t top)
{
    return (int32_t)(((uint32_t)bottom & 0xffffu) | ((uint32_t)top << 16));
}

/* PKHTB: both top halves. */
TSC_MCU_INLINE int32_t mcu_pack_top16(int32_t bottom, int32_t top)
{
    return (int32_t)(((uint32_t)bottom >> 16) | ((uint32_t)top & 0xffff0000u));
}

#if TSC_MCU_DSP

TSC_MCU_INLINE int32_t mcu_smlad(int32_t a, int32_t b, int32_t acc) { return __smlad(a, b, acc); }
TSC_MCU_INLINE int32_t mcu_smlabb(int32_t a, int32_t b, int32_t acc) { return __smlabb(a, b, acc); }
TSC_MCU_INLINE int32_t mcu_smlabt(int32_t a, int32_t b, int32_t acc) { return __smlabt(a, b, acc); }
TSC_MCU_INLINE int32_t mcu_smlatb(int32_t a, int32_t b, int32_t acc) { return __smlatb(a, b, acc); }
TSC_MCU_INLINE int32_t mcu_smlatt(int32_t a, int32_t b, int32_t acc) { return __smlatt(a, b, acc); }
TSC_MCU_INLINE int32_t mcu_smlawb(int32_t a, int32_t b, int32_t acc) { return __smlawb(a, b, acc); }
TSC_MCU_INLINE int32_t mcu_smlawt(int32_t a, int32_t b, int32_t acc) { return __smlawt(a, b, acc); }
TSC_MCU_INLINE int32_t mcu_smuad(int32_t a, int32_t b) { return __smuad(a, b); }
TSC_MCU_INLINE int32_t mcu_smmla(int32_t a, int32_t b, int32_t acc)
{
    int32_t result;
    __asm__("smmla %0, %1, %2, %3" : "=r"(result) : "r"(a), "r"(b), "r"(acc));
    return result;
}
TSC_MCU_INLINE int32_t mcu_smmlar(int32_t a, int32_t b, int32_t acc)
{
    int32_t result;
    __asm__("smmlar %0, %1, %2, %3" : "=r"(result) : "r"(a), "r"(b), "r"(acc));
    return result;
}
TSC_MCU_INLINE int32_t mcu_smmulr(int32_t a, int32_t b)
{
    int32_t result;
    __asm__("smmulr %0, %1, %2" : "=r"(result) : "r"(a), "r"(b));
    return result;
}
TSC_MCU_INLINE int32_t mcu_sxtb16(int32_t word) { return __sxtb16(word); }
TSC_MCU_INLINE int32_t mcu_sxtb16_ror8(int32_t word)
{
    int32_t result;
    __asm__("sxtb16 %0, %1, ror #8" : "=r"(result) : "r"(word));
    return result;
}
TSC_MCU_INLINE int32_t mcu_sxtab16(int32_t acc, int32_t word) { return __sxtab16(acc, word); }
TSC_MCU_INLINE int32_t mcu_sxtab16_ror8(int32_t acc, int32_t word)
{
    int32_t result;
    __asm__("sxtab16 %0, %1, %2, ror #8" : "=r"(result) : "r"(acc), "r"(word));
    return result;
}
TSC_MCU_INLINE int32_t mcu_max4(int32_t a, int32_t b)
{
    int32_t result;
    __asm__("ssub8 %0, %1, %2\n\tsel %0, %1, %2" : "=&r"(result) : "r"(a), "r"(b));
    return result;
}
TSC_MCU_INLINE int32_t mcu_sadd16(int32_t a, int32_t b) { return __sadd16(a, b); }
TSC_MCU_INLINE int32_t mcu_ssub16(int32_t a, int32_t b) { return __ssub16(a, b); }
TSC_MCU_INLINE int32_t mcu_ssat8(int32_t value)
{
    int32_t result;
    __asm__("ssat %0, #8, %1" : "=r"(result) : "r"(value));
    return result;
}
TSC_MCU_INLINE int32_t mcu_usat8(int32_t value)
{
    int32_t result;
    __asm__("usat %0, #8, %1" : "=r"(result) : "r"(value));
    return result;
}
TSC_MCU_INLINE int32_t mcu_ssat16(int32_t value)
{
    int32_t result;
    __asm__("ssat %0, #16, %1" : "=r"(result) : "r"(value));
    return result;
}

#else

TSC_MCU_INLINE int32_t mcu_smmulr(int32_t a, int32_t b)
{
    return (int32_t)(((int64_t)a * b + INT64_C(0x80000000)) >> 32);
}
TSC_MCU_INLINE int32_t mcu_sxtb16(int32_t word)
{
    return mcu_pack16((int8_t)(word & 0xff), (int8_t)((word >> 16) & 0xff));
}
TSC_MCU_INLINE int32_t mcu_sxtb16_ror8(int32_t word)
{
    return mcu_pack16((int8_t)((word >> 8) & 0xff), word >> 24);
}
TSC_MCU_INLINE int32_t mcu_sadd16(int32_t a, int32_t b)
{
    return mcu_pack16(mcu_low16(a) + mcu_low16(b), mcu_high16(a) + mcu_high16(b));
}
TSC_MCU_INLINE int32_t mcu_smlad(int32_t a, int32_t b, int32_t acc)
{
    return acc + mcu_low16(a) * mcu_low16(b) + mcu_high16(a) * mcu_high16(b);
}
TSC_MCU_INLINE int32_t mcu_smlabb(int32_t a, int32_t b, int32_t acc)
{
    return acc + mcu_low16(a) * mcu_low16(b);
}
TSC_MCU_INLINE int32_t mcu_smlabt(int32_t a, int32_t b, int32_t acc)
{
    return acc + mcu_low16(a) * mcu_high16(b);
}
TSC_MCU_INLINE int32_t mcu_smlatb(int32_t a, int32_t b, int32_t acc)
{
    return acc + mcu_high16(a) * mcu_low16(b);
}
TSC_MCU_INLINE int32_t mcu_smlatt(int32_t a, int32_t b, int32_t acc)
{
    return acc + mcu_high16(a) * mcu_high16(b);
}
/* acc + a * (bottom half of b) / 2^16, rounded down. */
TSC_MCU_INLINE int32_t mcu_smlawb(int32_t a, int32_t b, int32_t acc)
{
    return acc + (int32_t)(((int64_t)a * mcu_low16(b)) >> 16);
}
TSC_MCU_INLINE int32_t mcu_smlawt(int32_t a, int32_t b, int32_t acc)
{
    return acc + (int32_t)(((int64_t)a * mcu_high16(b)) >> 16);
}
TSC_MCU_INLINE int32_t mcu_smuad(int32_t a, int32_t b)
{
    return mcu_low16(a) * mcu_low16(b) + mcu_high16(a) * mcu_high16(b);
}
TSC_MCU_INLINE int32_t mcu_smmla(int32_t a, int32_t b, int32_t acc)
{
    return acc + (int32_t)((int64_t)a * b >> 32);
}
TSC_MCU_INLINE int32_t mcu_smmlar(int32_t a, int32_t b, int32_t acc) { return acc + mcu_smmulr(a, b); }
TSC_MCU_INLINE int32_t mcu_sxtab16(int32_t acc, int32_t word) { return mcu_sadd16(acc, mcu_sxtb16(word)); }
TSC_MCU_INLINE int32_t mcu_sxtab16_ror8(int32_t acc, int32_t word)
{
    return mcu_sadd16(acc, mcu_sxtb16_ror8(word));
}
TSC_MCU_INLINE int32_t mcu_max4(int32_t a, int32_t b)
{
    uint32_t result = 0;
    for (int32_t bit = 0; bit < 32; bit += 8) {
        const int32_t left = (int8_t)(((uint32_t)a >> bit) & 255u);
        const int32_t right = (int8_t)(((uint32_t)b >> bit) & 255u);
        result |= ((uint32_t)(left > right ? left : right) & 255u) << bit;
    }
    return (int32_t)result;
}
TSC_MCU_INLINE int32_t mcu_ssub16(int32_t a, int32_t b)
{
    return mcu_pack16(mcu_low16(a) - mcu_low16(b), mcu_high16(a) - mcu_high16(b));
}
TSC_MCU_INLINE int32_t mcu_ssat8(int32_t value) { return value < -128 ? -128 : value > 127 ? 127 : value; }
TSC_MCU_INLINE int32_t mcu_usat8(int32_t value) { return value < 0 ? 0 : value > 255 ? 255 : value; }
TSC_MCU_INLINE int32_t mcu_ssat16(int32_t value)
{
    return value < -32768 ? -32768 : value > 32767 ? 32767 : value;
}

#endif

#endif
