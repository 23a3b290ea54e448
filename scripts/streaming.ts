/** The option `--streaming` of the scripts. */

import type { CompileOptions } from "../compiler/index.js";

const modes = ["on", "off", "chosen", undefined] as const;

export function isStreaming(text: string | undefined): text is CompileOptions["streaming"] {
  return (modes as readonly unknown[]).includes(text);
}
