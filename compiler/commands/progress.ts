/** Progress of long work: a bar on a terminal, plain lines elsewhere, nothing for what is over at once. */

import { SingleBar } from "cli-progress";

/** Work shorter than this shows nothing. */
const patienceMs = 1000;
/** Between two plain lines. */
const lineIntervalMs = 10_000;

export interface Progress {
  /** `done` of the total are done. */
  at(done: number): void;
  end(): void;
}

/** On standard error, so that results can be piped. */
export function startProgress(label: string, total: number): Progress {
  const start = Date.now();
  let shownAt = start;
  let bar: SingleBar | undefined;
  const onBar = (done: number): void => {
    if (!bar) {
      bar = new SingleBar({
        format: `${label} [{bar}] {value}/{total}`,
        stream: process.stderr,
        hideCursor: true,
      });
      bar.start(total, done);
    }
    bar.update(done);
  };
  const onLine = (done: number): void => {
    if (Date.now() - shownAt < lineIntervalMs) return;
    shownAt = Date.now();
    process.stderr.write(`${label}: ${done} of ${total}\n`);
  };
  return {
    at(done) {
      if (Date.now() - start < patienceMs) return;
      if (process.stderr.isTTY) onBar(done);
      else onLine(done);
    },
    end: () => bar?.stop(),
  };
}
