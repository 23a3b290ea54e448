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

/**
 * On standard error, so that results can be piped.
 * @param before done by an earlier run: says nothing about how fast this one is
 */
export function startProgress(label: string, total: number, before = 0): Progress {
  const start = Date.now();
  const left = (done: number): string => leftText(Date.now() - start, done - before, total - done);
  let shownAt = start;
  let bar: SingleBar | undefined;
  const onBar = (done: number): void => {
    if (!bar) {
      bar = new SingleBar({
        format: `${label} [{bar}] {value}/{total}{left}`,
        stream: process.stderr,
        hideCursor: true,
      });
      bar.start(total, done, { left: "" });
    }
    bar.update(done, { left: left(done) });
  };
  const onLine = (done: number): void => {
    if (Date.now() - shownAt < lineIntervalMs) return;
    shownAt = Date.now();
    process.stderr.write(`${label}: ${done} of ${total}${left(done)}\n`);
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

/** Less than this says little. */
const enoughMs = 5000;

/** By what has been done so far; only for work that takes a while. */
function leftText(elapsedMs: number, done: number, remaining: number): string {
  const seconds = (elapsedMs / 1000 / done) * remaining;
  if (elapsedMs < enoughMs || done <= 0 || seconds < 10) return "";
  return seconds < 90
    ? `, about ${Math.round(seconds)} s left`
    : `, about ${Math.round(seconds / 60)} min left`;
}
