/** Search spaces, the search (MCU60xx), and what is exported for training elsewhere. */

import { entry } from "./entry.js";

export const searchMessages = {
  MCU6001: entry<{ found: string }>({
    message: ({ found }) => `${found} has no choices; expected a search space`,
    help: () => 'a space asks for what is to be searched: choose("stage1.kernel", [3, 5, 7])',
  }),
  MCU6002: entry<{ choices: number; first: string }>({
    message: ({ choices, first }) =>
      `this is a search space with ${choices} choices ("${first}", …), and not one network`,
    help: () =>
      "`tsc-mcu check` looks at the space, `tsc-mcu search` finds its best member and writes it as a model",
  }),
};
