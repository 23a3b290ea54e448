/** MCU3xxx — binary files: .safetensors, .npy, .tflite. */

import { entry } from "./entry.js";

export const fileMessages = {
};
