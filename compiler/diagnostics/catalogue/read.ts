/** MCU1xxx — 1-read: reading model files. */

import { entry } from "./entry.js";

export const readMessages = {
};
