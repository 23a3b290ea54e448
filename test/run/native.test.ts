import { test } from "uvu";
import * as assert from "uvu/assert";
import { Rejected, type Diagnostic } from "../../compiler/diagnostics/diagnostic.js";
import { runNative } from "../../compiler/run/native.js";
import { findProgram } from "../../compiler/run/program.js";
import { doubling, doublingCases, doublingFiles, doublingResults } from "./doubling.js";

const withCompiler = findProgram("cc") ? test : test.skip;

async function rejection(work: Promise<unknown>): Promise<Diagnostic> {
  try {
    await work;
  } catch (error) {
    if (error instanceof Rejected) return error.diagnostics[0];
    throw error;
  }
  throw new Error("nothing was rejected");
}

withCompiler("all cases run in one program, in order", async () => {
  assert.equal(await runNative(doublingFiles(), doubling, doublingCases), doublingResults);
});

withCompiler("no cases, no results", async () => {
  assert.equal(await runNative(doublingFiles(), doubling, []), []);
});

withCompiler("flags reach the compiler: sanitizers see a read past the arena", async () => {
  const files = doublingFiles("out[i] = in[i + 60];");
  const flags = ["-O1", "-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"];
  const sane = await runNative(doublingFiles(), doubling, doublingCases, { flags });
  assert.equal(sane, doublingResults);
  const { code, message } = await rejection(runNative(files, doubling, doublingCases, { flags }));
  assert.is(code, "MCU5022");
  assert.match(message, "AddressSanitizer");
});

withCompiler("C with warnings is refused", async () => {
  const files = doublingFiles("const int unused = 1;\n out[i] = in[i];");
  const { code, message } = await rejection(runNative(files, doubling, doublingCases));
  assert.is(code, "MCU5021");
  assert.match(message, "-Werror");
});

withCompiler("a program that crashes is reported with how it ended", async () => {
  const files = doublingFiles("out[i] = in[i];\n __builtin_trap();");
  const { code, message } = await rejection(runNative(files, doubling, doublingCases));
  assert.is(code, "MCU5022");
  assert.match(message, /signal SIG(ILL|TRAP)/);
});

test("a missing compiler is named, with what installs it", async () => {
  const { code, message, help } = await rejection(
    runNative(doublingFiles(), doubling, doublingCases, { compiler: "no-such-cc" }),
  );
  assert.is(code, "MCU5020");
  assert.is(message, "no-such-cc was not found; it is needed to run the emitted C on this machine");
  assert.is(help, "install it: apt-get install gcc libc6-dev");
});

test.run();
