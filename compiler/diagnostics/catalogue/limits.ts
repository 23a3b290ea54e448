/** MCU21xx — limits, boards and linker scripts. */

import { entry } from "./entry.js";

export const limitMessages = {
};
