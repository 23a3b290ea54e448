import { test } from "uvu";
import * as assert from "uvu/assert";
import { Rejected } from "../../compiler/diagnostics/diagnostic.js";
import { conformanceCases, difference, openGolden } from "./golden.js";

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
    model.cases.forEach((_, i) => assert.is(difference(model, i), undefined));
  });
}

/** How many of the eight cases are evaluated: the last network takes about a second each. */
const models = {
  ad01_int8: 8,
  kws_ref_model: 8,
  micro_speech_quantized: 8,
  pretrainedResnet_quant: 8,
  person_detect: 8,
  vww_96_int8: 8,
  mcunet_vww: 8,
  mcunet_in4: 5,
};

for (const [name, count] of Object.entries(models)) {
  test(name, () => {
    const model = openGolden(`models/${name}`);
    assert.is(model.cases.length, 8);
    for (let i = 0; i < count; i++) assert.is(difference(model, i), undefined);
  });
}

test.run();
