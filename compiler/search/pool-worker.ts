/** What a worker of a pool runs: opens the module that it is told, then does one task after the other. */

import type { Opening, Request, Response, Start } from "./pool.js";

/** Where nobody is there any more to be answered, there is nothing left to do. */
const answer = (response: Response): boolean =>
  process.send!(response, undefined, undefined, (error) => {
    if (error) process.exit();
  });
const reasonOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

let opened: Promise<Awaited<ReturnType<Opening>>>;

async function open({ module, setup }: Start): Promise<void> {
  opened = import(module).then((found: { open: Opening }) => found.open(setup));
  try {
    await opened;
    answer({ ready: true });
  } catch (error) {
    // A `Rejected` does not come through as such, what is in it does.
    const { diagnostics } = error as { readonly diagnostics?: unknown };
    answer({ ready: false, reason: reasonOf(error), diagnostics });
  }
}

function perform({ id, task }: Request): void {
  opened
    .then((run) => run(task))
    .then((result) => answer({ id, result }))
    .catch((error: unknown) => answer({ id, reason: reasonOf(error) }));
}

process.on("message", (message: Start | Request) => {
  if ("module" in message) void open(message);
  else perform(message);
});

// Ctrl-C is for the search itself, which ends its workers.
process.on("SIGINT", () => {});
process.on("disconnect", () => process.exit());
