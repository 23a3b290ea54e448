/** Every sixth model of the corpus in a memory that knows who wrote every byte: `npm run conformance -- <corpus> --on shadow` takes all. */

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { caseFolders } from "../../scripts/conformance/corpus.js";
import { judge } from "../../scripts/conformance/verdicts.js";

const test = suite("conformance in watched memory");

const corpus = fileURLToPath(new URL("../../../shared/conformance/", import.meta.url));
const models = fileURLToPath(new URL("../../../shared/models/", import.meta.url));

for (const [part, streaming] of (["on", "off"] as const).entries()) {
  if (!existsSync(corpus)) break;
  test(`the operator corpus, streaming ${streaming}`, async () => {
    const folders = caseFolders(corpus).filter((_, index) => index % 12 === 6 * part);
    const verdicts = await judge(folders, { on: ["shadow"], streaming, cases: 2 });
    assert.equal(
      verdicts.filter(({ kind }) => kind !== "exact"),
      [],
    );
  });
}

/** The others take long to compile. */
const small = ["ad01_int8", "kws_ref_model", "micro_speech_quantized", "pretrainedResnet_quant"];

if (existsSync(models)) {
  test("models", async () => {
    const folders = caseFolders(models).filter(({ name }) => small.includes(name));
    assert.is(folders.length, small.length);
    const verdicts = await judge(folders, { on: ["shadow"], cases: 1 });
    assert.equal(
      verdicts.filter(({ kind }) => kind !== "exact"),
      [],
    );
  });
}

test.run();
