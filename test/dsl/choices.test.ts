/** Choices as model files use them: executed, they stand for the largest member, as the reader has it. */

import { test } from "uvu";
import * as assert from "uvu/assert";
import { choose, makeDivisible, range, type Net } from "../../dsl/index.js";
import { withChooser } from "../../dsl/choices.js";
import { Model } from "../../compiler/1-read/index.js";

const spaces = ["mcunet-space", "keywords-space"].map(
  (name) => new URL(`../../examples/${name}/space.ts`, import.meta.url),
);

/** Without places in the source; inputs by their names. */
function plain({ nodes, outputs, ...net }: Net): unknown {
  const text = JSON.stringify(
    [
      net,
      nodes.map(({ inputs, ...node }) => ({ ...node, inputs: inputs.map((one) => one.node.name) })),
      outputs.map(({ name, value }) => [name, value.node.name]),
    ],
    (key, value) => (key === "site" || key === "at" ? undefined : value),
  );
  return JSON.parse(text);
}

for (const url of spaces) {
  test(`${url.pathname.split("/").at(-2)}: executed and read, the largest member`, async () => {
    const { default: executed } = await import(url.href);
    assert.equal(plain(executed), plain(new Model(url.pathname).read().net));
  });
}

test("a chooser answers", () => {
  assert.is(choose("a", [1, 2, 3]), 3);
  assert.is(
    withChooser(
      ({ domain }) => domain[0],
      () => choose("a", [1, 2, 3]),
    ),
    1,
  );
  assert.throws(() => choose("a", []), "at least one value");
  assert.throws(() => choose("a", [1, 1]), "twice");
  assert.throws(() => choose("", [1]), "name");
});

test("ranges include both ends, and numbers are as written", () => {
  assert.equal(range(0.2, 1, 0.1), [0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1]);
  assert.equal(range(48, 224, 16).length, 12);
  assert.equal(range(3, 3), [3]);
  for (const [from, to, step] of [
    [1, 0, 1],
    [0, 1, 0],
    [0, 1e9, 1],
    [0, 1, NaN],
  ])
    assert.throws(() => range(from, to, step), "range");
});

test("channels are made divisible as in MobileNetV2", () => {
  assert.equal(
    [3, 8, 11, 12, 19.2, 32, 35, 100].map((one) => makeDivisible(one)),
    [8, 8, 16, 16, 24, 32, 32, 104],
  );
});

test.run();
