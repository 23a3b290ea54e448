/** Every code, its message and its help. One file a stage; a code is never reused for another meaning. */

import { checkMessages } from "./catalogue/check.js";
import { fileMessages } from "./catalogue/files.js";
import { limitMessages } from "./catalogue/limits.js";
import { readMessages } from "./catalogue/read.js";
import { searchMessages } from "./catalogue/search.js";
import { toolMessages } from "./catalogue/tools.js";

export const catalogue = {
  ...readMessages,
  ...checkMessages,
  ...limitMessages,
  ...fileMessages,
  ...toolMessages,
  ...searchMessages,
};

export type Catalogue = typeof catalogue;
export type Code = keyof Catalogue;
/** The parameters that a code's message needs. */
export type Parameters<C extends Code> = Catalogue[C]["message"] extends (p: infer P) => string ? P : never;
