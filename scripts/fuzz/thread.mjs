/** Starts worker.ts in a thread: `--import tsx` does not reach threads. */

import { register } from "tsx/esm/api";

register();
await import("./worker.ts");
