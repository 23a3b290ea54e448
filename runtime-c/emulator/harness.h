/*
 * harness.h - what a driver program asks of the machine it runs on.
 *
 * Two implementations: host.c (any hosted C11) and emulator.c (QEMU's mps2-an500, over semihosting). Both read
 * `inputs.bin` and write `outputs.bin` in the directory the program, or the emulator, was started in, so one driver
 * runs many cases in one start and its results are compared byte by byte.
 */
#ifndef TSC_MCU_HARNESS_H
#define TSC_MCU_HARNESS_H

#include <stdint.h>

/* Exit codes of a driver; 0 is success. The emulator's fault handlers end with HARNESS_FAULT. */
#define HARNESS_WRONG_ROWS 96
#define HARNESS_SHORT_INPUT 97
#define HARNESS_CANNOT_WRITE 98
#define HARNESS_FAULT 99

/* The next `bytes` bytes of inputs.bin; ends the program if there are fewer. */
void harness_read(void *to, uint32_t bytes);

/* Appends to outputs.bin; ends the program if it cannot. */
void harness_write(const void *from, uint32_t bytes);

/* Puts a variable into memory that the timing plugin takes for tightly coupled. */
#if defined(__arm__) && !defined(__linux__)
#define HARNESS_TIGHTLY_COUPLED __attribute__((section(".dtcm")))
#else
#define HARNESS_TIGHTLY_COUPLED
#endif

/* Emulator only, below. */

/*
 * Regions that are measured, numbered from 0. The plugin (plugin/) counts what runs between begin and end, but nothing
 * of the harness. Without it, under -icount, `harness_region_ticks` holds the ticks that they took (25 MHz, see
 * compiler/run/measurement.ts), the cost of begin and end included; up to HARNESS_REGIONS of them, not nested.
 */
#define HARNESS_REGIONS 4096
extern uint32_t harness_region_ticks[HARNESS_REGIONS];
void harness_begin_region(uint32_t number);
void harness_end_region(uint32_t number);

/* Marks the free stack below the caller; `harness_stack_used` then says how many bytes of it were written. */
void harness_mark_stack(void);
uint32_t harness_stack_used(void);

#endif
