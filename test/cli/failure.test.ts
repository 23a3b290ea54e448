import { test } from "uvu";
import * as assert from "uvu/assert";
import { reportBug, summary } from "../../compiler/commands/failure.js";
import type { Diagnostic } from "../../compiler/diagnostics/diagnostic.js";

/** What `work` writes to standard error. */
function errorsOf(work: () => void): string {
  const { write } = process.stderr;
  let text = "";
  process.stderr.write = (chunk: string | Uint8Array) => {
    text += chunk;
    return true;
  };
  try {
    work();
  } finally {
    process.stderr.write = write;
  }
  return text;
}

test("a fault of ours ends with 3 and says what to report", () => {
  let code = 0;
  const text = errorsOf(
    () => (code = reportBug(new RangeError("oops"), "1.2.3", ["check", "net.ts"], false)),
  );
  assert.is(code, 3);
  assert.match(text, /^This is a fault of tsc-mcu, not of your input\. Please report it/);
  assert.match(
    text,
    `    version: 1.2.3, Node ${process.version}, ${process.platform}\n    command: tsc-mcu check net.ts\n`,
  );
  assert.match(text, /    RangeError: oops\n        at /);
});

test("the summary counts as tsc does", () => {
  const one = (severity: Diagnostic["severity"]): Diagnostic => ({
    code: "MCU1",
    severity,
    message: "",
    related: [],
  });
  assert.is(summary([one("error")]), "Found 1 error.");
  assert.is(summary([one("error"), one("error")]), "Found 2 errors.");
  assert.is(summary([one("error"), one("warning")]), "Found 1 error and 1 warning.");
});

test.run();
