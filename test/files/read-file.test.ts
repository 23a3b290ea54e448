import { execFileSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Rejected, type Diagnostic } from "../../compiler/diagnostics/diagnostic.js";
import { readBytes } from "../../compiler/files/read-file.js";

const folder = mkdtempSync(join(tmpdir(), "read-file-"));
const file = join(folder, "data.bin");
writeFileSync(file, Uint8Array.of(1, 2, 3));

function rejected(call: () => unknown): Diagnostic {
  try {
    call();
  } catch (error) {
    if (error instanceof Rejected) return error.diagnostics[0];
    throw error;
  }
  throw new Error("nothing was rejected");
}

test("a file's bytes", () => {
  const bytes = readBytes(file);
  assert.equal([...bytes], [1, 2, 3]);
  assert.is(Buffer.isBuffer(bytes), false);
});

test("more than the limit", () => {
  const { code, message } = rejected(() => readBytes(file, undefined, "data.bin", 2));
  assert.is(`${code}: ${message}`, "MCU3002: data.bin has 3 bytes; at most 2 are read");
});

test("what is not there, or not a file; the place is what refers to it, else the file", () => {
  const place = { file: "net.ts", start: 3, end: 9 };
  const absent = rejected(() => readBytes(`${file}.absent`, place, "data.bin.absent"));
  assert.is(absent.message, "cannot read data.bin.absent: there is no such file");
  assert.is(absent.place, place);
  assert.is(absent.help, "paths are relative to the file that names them");
  assert.equal(rejected(() => readBytes(folder)).place, { file: folder });
  assert.is(
    rejected(() => readBytes(join(file, "below"), place, "below")).message,
    "cannot read below: there is no such file",
  );
  assert.is(
    rejected(() => readBytes("a\0b", place, "a?b")).message,
    "cannot read a?b: that is not a file name",
  );
});

test("a pipe without a writer does not hang, a device without an end is not read", () => {
  if (process.platform === "win32") return;
  const pipe = join(folder, "pipe");
  execFileSync("mkfifo", [pipe]);
  assert.is(
    rejected(() => readBytes(pipe, undefined, "pipe")).message,
    "cannot read pipe: it is not a regular file",
  );
  assert.is(
    rejected(() => readBytes("/dev/zero")).message,
    "cannot read /dev/zero: it is not a regular file",
  );
});

test("without permission", () => {
  // Permissions do not bind the superuser.
  if (process.platform === "win32" || process.getuid?.() === 0) return;
  const secret = join(folder, "secret");
  writeFileSync(secret, "");
  chmodSync(secret, 0);
  assert.is(
    rejected(() => readBytes(secret, undefined, "secret")).message,
    "cannot read secret: permission denied",
  );
});

test.after(() => rmSync(folder, { recursive: true }));

test.run();
