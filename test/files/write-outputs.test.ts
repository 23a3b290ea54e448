import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Rejected } from "../../compiler/diagnostics/diagnostic.js";
import { writeOutput, writeOutputs } from "../../compiler/files/write-outputs.js";

const folder = mkdtempSync(join(tmpdir(), "tsc-mcu-test-"));
test.after(() => rmSync(folder, { recursive: true }));

const files = [
  { path: "net.c", content: "int x;\n" },
  { path: "cmake/net.cmake", content: "project(x)\n" },
  { path: "weights.bin", content: Uint8Array.of(1, 2, 255) },
];

function messageOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof Rejected) return `${error.diagnostics[0].code}: ${error.diagnostics[0].message}`;
    throw error;
  }
  throw new Error("nothing was rejected");
}

test("creates the folder and everything in it, and leaves nothing else", () => {
  const target = join(folder, "a b", "généré");
  assert.equal(writeOutputs(target, files), { written: files.map((file) => file.path), unchanged: [] });
  assert.equal(readdirSync(target).sort(), ["cmake", "net.c", "weights.bin"]);
  assert.is(readFileSync(join(target, "cmake/net.cmake"), "utf8"), "project(x)\n");
  assert.equal([...readFileSync(join(target, "weights.bin"))], [1, 2, 255]);
});

test("files that have the content already are not touched", () => {
  const target = join(folder, "again");
  writeOutputs(target, files);
  utimesSync(join(target, "net.c"), 1000, 1000);
  const changed = files.map((file) => (file.path === "weights.bin" ? { ...file, content: "new" } : file));
  assert.equal(writeOutputs(target, changed), {
    written: ["weights.bin"],
    unchanged: ["net.c", "cmake/net.cmake"],
  });
  assert.is(statSync(join(target, "net.c")).mtimeMs, 1_000_000);
});

test("a folder below a file: a diagnostic, and nothing written", () => {
  writeFileSync(join(folder, "plain"), "here first");
  const target = join(folder, "plain", "generated");
  const reason = "a part of the path is a file, not a folder; nothing was written";
  assert.is(
    messageOf(() => writeOutputs(target, files)),
    `MCU5001: cannot write ${target}: ${reason}`,
  );
  assert.is(readFileSync(join(folder, "plain"), "utf8"), "here first");
});

test("a file where the folder should be", () => {
  const target = join(folder, "plain");
  assert.match(
    messageOf(() => writeOutputs(target, files)),
    /^MCU5001: cannot write .*plain: a .* file.*; nothing was written$/,
  );
});

test("a folder where a file should be: the other files are not written either", () => {
  const target = join(folder, "blocked");
  mkdirSync(join(target, "weights.bin"), { recursive: true });
  assert.match(
    messageOf(() => writeOutputs(target, files)),
    /weights\.bin: a folder of that name is in the way; nothing was written$/,
  );
  assert.equal(readdirSync(target), ["weights.bin"]);
});

(existsSync("/proc/self") ? test : test.skip)("a file system that refuses", () => {
  assert.match(
    messageOf(() => writeOutputs("/proc/tsc-mcu", files)),
    /^MCU5001: cannot write \/proc\/tsc-mcu: .*; nothing was written$/,
  );
});

test("one file", () => {
  const file = join(folder, "y.npy");
  writeOutput(file, "abc");
  assert.is(readFileSync(file, "utf8"), "abc");
});

test("devices are not replaced", () => {
  // By a link, so that a failure of this test does no harm.
  const target = join(folder, "device");
  symlinkSync("/dev/null", target);
  assert.is(
    messageOf(() => writeOutput(target, "text")),
    `MCU5001: cannot write ${target}: it is not a regular file; nothing was written`,
  );
  assert.is(readlinkSync(target), "/dev/null");
});

test.run();
