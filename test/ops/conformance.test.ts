import { test } from "uvu";
import * as assert from "uvu/assert";
import { Rejected } from "../../compiler/diagnostics/diagnostic.js";
import { conformanceCases, difference, openGolden, sharedState } from "./golden.js";

for (const { name, unsupported } of conformanceCases()) {
  if (unsupported) {
    test(`${name} is rejected: ${unsupported}`, () => {
      assert.throws(
        () => openGolden(`conformance/${name}`),
        (error: unknown) => error instanceof Rejected,
      );
    });
    continue;
  }
  test(name, () => {
    const model = openGolden(`conformance/${name}`);
    const state = sharedState(model);
    model.cases.forEach((_, i) => assert.is(difference(model, i, state), undefined));
  });
}

/** The cases that are evaluated: the last network takes about a second each; its case 4 is a photo. */
const all = [0, 1, 2, 3, 4, 5, 6, 7];
const models = {
  ad01_int8: all,
  kws_ref_model: all,
  micro_speech_quantized: all,
  pretrainedResnet_quant: all,
  person_detect: all,
  vww_96_int8: all,
  mcunet_vww: all,
  mcunet_in4: [0, 4],
};

for (const [name, cases] of Object.entries(models)) {
  test(name, () => {
    const model = openGolden(`models/${name}`);
    assert.is(model.cases.length, all.length);
    for (const i of cases) assert.is(difference(model, i), undefined);
  });
}

test.run();
