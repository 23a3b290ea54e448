/** Names of layers as functions of C. */

import { test } from "uvu";
import * as assert from "uvu/assert";
import { isHeaderOfC } from "../../compiler/targets/c-names.js";
import { identifiers } from "../../compiler/2-check/identifiers.js";

test("letters, digits and single underscores stay; each name is given once", () => {
  const nameOf = identifiers();
  assert.equal(["conv_1", "block0.dw", "__x__", "1x1", "größe", "", "block0 dw", "block0_dw"].map(nameOf), [
    "conv_1",
    "block0_dw",
    "x",
    "layer_1x1",
    "gr_e",
    "layer",
    "block0_dw_2",
    "block0_dw_3",
  ]);
});

test("names that C, its library or compilers know", () => {
  const nameOf = identifiers("net");
  const taken =
    "int double default _Bool main round roundf log10l y0 j0 gamma lgamma_r printf int8_t INT8_MAX NULL linux assert bytes arena mcu_copy";
  for (const name of taken.split(" ").filter((one) => one !== "_Bool"))
    assert.is(nameOf(name), `${name}_layer`);
  for (const name of ["conv", "dense", "signal", "time", "intro", "Int", "rounded", "leaf"])
    assert.is(nameOf(name), name);
});

test("the public names of the network itself", () => {
  const nameOf = identifiers("kws");
  assert.equal(
    ["kws_run", "kws_arena", "KWS_ARENA_BYTES", "kws_input_x", "kws_conv", "kws", "run"].map(nameOf),
    [
      "layer_kws_run",
      "layer_kws_arena",
      "layer_KWS_ARENA_BYTES",
      "layer_kws_input_x",
      "kws_conv",
      "kws",
      "run",
    ],
  );
});

test("headers, also where file systems do not know upper case", () => {
  assert.equal(["string", "String", "tsc_mcu", "keywords"].map(isHeaderOfC), [true, true, true, false]);
});

test.run();
