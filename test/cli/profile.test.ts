import { test } from "uvu";
import * as assert from "uvu/assert";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { hasEmulator } from "../../compiler/run/emulator.js";
import { hasNativeCompiler } from "../../compiler/run/native.js";
import { temporaryFolder, tscMcu } from "./command.js";

const withEmulator = hasEmulator() ? test : test.skip;
const withPlugin = hasEmulator() && hasNativeCompiler() ? test : test.skip;

const folder = temporaryFolder();
const net = join(folder, "net.ts");
writeFileSync(
  net,
  `import { input, network, relu, softmax } from "tsc-mcu";
import { nucleoH743zi } from "tsc-mcu/boards";
export default network("small", { board: nucleoH743zi }, () => {
  const q = { quantization: { scale: 0.1, zeroPoint: -3 } };
  return softmax(relu(input("x", [64], q), { name: "first", quantization: { scale: 0.05, zeroPoint: -128 } }));
});
`,
);

/** Compiled once for this file, in a folder of its own. */
const environment = { XDG_CACHE_HOME: join(folder, "cache") };

withPlugin("profile prints cycles of every layer, what bounds it, and the stack against its estimate", () => {
  const { code, out, err } = tscMcu(["profile", net], environment);
  assert.equal([code, err], [0, ""]);
  assert.match(
    out,
    /^layer +kernel +predicted +cycles +deviation +h743(-dtcm)? +instructions +MACs +MAC\/cycle/,
  );
  assert.match(out, /\nfirst +\S.* +[+-]?\d+\.\d % .*(issue slots|latencies|loads|memory stalls) \d+ %/);
  assert.match(out, /\ntotal +[\d,]+ +[\d,]+ +[+-]?\d+\.\d %/);
  assert.match(out, /\nStack used by small_run: \d+ bytes, predicted \d+\.\n$/);
});

withPlugin("profile --memory chooses whose stalls are added", () => {
  const json = JSON.parse(tscMcu(["profile", net, "--memory", "f746", "--json"], environment).out);
  assert.is(json.memory, "f746");
  assert.ok(json.cycles.f746 > json.cycles.ideal);
  assert.ok(json.layers[0].bound.share > 0);
  assert.ok(json.layers[0].instructions > 0);
  const ideal = tscMcu(["profile", net, "--memory", "ideal"], environment).out;
  assert.match(ideal, / cycles +deviation +instructions /);
});

withEmulator("profile without a C compiler counts instructions, and says so", () => {
  const { code, out } = tscMcu(["profile", net], { CC: "/none/cc", XDG_CACHE_HOME: join(folder, "empty") });
  assert.is(code, 0);
  assert.match(out, /^layer +kernel +instructions +MACs +MACs\/instr +cycles predicted/);
  assert.match(
    out,
    "\nNo cycles, because the timing plugin is missing: /none/cc was not found (apt-get install gcc libc6-dev)\n",
  );
});

test("profile --memory takes the presets alone", () => {
  const { code, err } = tscMcu(["profile", net, "--memory", "h7"]);
  assert.is(code, 2);
  assert.match(err, "Allowed choices are ideal, h743, h743-dtcm, f746.");
});

test.run();
