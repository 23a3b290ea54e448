/** What stops a search, and what does not: its results are in its files, so it does not need anybody who reads what it prints. */

/** Those that ask a program to end, by their numbers. */
const signals = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const;

/** Runs `search`; a signal ends it and, other than Node alone would, lets everything that ends with the process end, too. */
export async function stoppable<T>(search: () => Promise<T>): Promise<T> {
  const onSignal = (name: NodeJS.Signals): void => {
    process.stderr.write("\nstopped: the same command goes on from here\n");
    process.exit(128 + signals[name as keyof typeof signals]);
  };
  const listeners = process.stdout.listeners("error") as ((error: Error) => void)[];
  const onError = (error: NodeJS.ErrnoException): void => {
    if (error.code !== "EPIPE") for (const listener of listeners) listener(error);
  };
  process.stdout.removeAllListeners("error").on("error", onError);
  // A terminal that is gone takes no messages: what is said to it is lost, and the process ends all the same.
  process.stderr.on("error", ignore);
  for (const name of Object.keys(signals)) process.once(name, onSignal);
  try {
    return await search();
  } finally {
    for (const name of Object.keys(signals)) process.off(name, onSignal);
    process.stderr.off("error", ignore);
  }
}

const ignore = (): void => {};
