/** The boards that tsc-mcu knows; their memories and clocks are in compiler/targets/boards/*.mcu. */

import type { Board } from "./network.js";

const board = (name: string): Board => ({ kind: "board", name });

/** STM32F746G-DISCO: Cortex-M7 at 216 MHz, 64 KiB DTCM, 240 + 16 KiB SRAM, 1 MiB flash. */
export const stm32f746gDisco = board("stm32f746g-disco");

/** NUCLEO-H743ZI: Cortex-M7 at 480 MHz, 128 KiB DTCM, 512 KiB AXI SRAM, 2 MiB flash. */
export const nucleoH743zi = board("nucleo-h743zi");

/** Arm MPS2+ with the AN500 image: the Cortex-M7 that QEMU emulates. */
export const mps2An500 = board("mps2-an500");
