/** The corpus of ../shared/conformance, as `npm run conformance` runs it: every output byte on the host, natively and emulated. */

import { suite } from "uvu";
import * as assert from "uvu/assert";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { hasEmulator } from "../../compiler/run/emulator.js";
import { hasNativeCompiler } from "../../compiler/run/native.js";
import { caseFolders } from "../../scripts/conformance/corpus.js";
import { judge, type Place } from "../../scripts/conformance/verdicts.js";

const test = suite("conformance");

const corpus = fileURLToPath(new URL("../../../shared/conformance/", import.meta.url));

/** All of them. */
const exactModels = 203;

const on: Place[] = [
  "host",
  ...(hasNativeCompiler() ? (["native"] as const) : []),
  ...(hasEmulator() ? (["emulator"] as const) : []),
];

if (existsSync(corpus)) {
  test(`the operator corpus on ${on.join(", ")}`, async () => {
    const verdicts = await judge(caseFolders(corpus), { on });
    const wrong = verdicts.filter(({ kind }) => kind !== "exact");
    assert.equal(wrong, []);
    const exact = verdicts.filter(({ kind }) => kind === "exact").length;
    assert.is(exact, exactModels);
  });
}

if (existsSync(corpus)) {
  test("a corpus with a wrong byte, a model that is cut, and one without its recording", async () => {
    const folder = mkdtempSync(join(tmpdir(), "tsc-mcu-corpus-"));
    try {
      const copy = (name: string, model: string): string => {
        cpSync(join(corpus, model), join(folder, name), { recursive: true });
        return join(folder, name);
      };
      const outputs = join(copy("wrong", "softmax_10"), "outputs.npy");
      chmodSync(outputs, 0o600);
      const bytes = readFileSync(outputs);
      bytes[bytes.length - 1] ^= 1;
      writeFileSync(outputs, bytes);
      const model = join(copy("cut", "softmax_10"), "model.tflite");
      chmodSync(model, 0o600);
      truncateSync(model, 500);
      chmodSync(copy("without", "softmax_10"), 0o700);
      rmSync(join(folder, "without", "golden.json"), { force: true });
      const verdicts = await judge(caseFolders(folder), { on: ["host"] });
      assert.equal(
        verdicts.map(({ name, kind }) => `${name}: ${kind}`),
        ["cut: unsupported", "without: broken", "wrong: different"],
      );
      assert.match(verdicts[2].why[0], /^host: case 3, \w+\[9\] is /);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
}

test.run();
