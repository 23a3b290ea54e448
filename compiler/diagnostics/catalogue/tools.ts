/** MCU5xxx — the command line, outputs, compilers and the emulator. */

import { entry } from "./entry.js";

export const toolMessages = {
};
