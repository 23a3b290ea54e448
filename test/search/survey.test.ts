/** Search spaces as they are found out by reading: choices, which of them depend on others, how many members there are. */

import { test } from "uvu";
import * as assert from "uvu/assert";
import { Rejected } from "../../compiler/diagnostics/diagnostic.js";
import { keyOf } from "../../compiler/search/member.js";
import { randomOf } from "../../compiler/search/random.js";
import { Space } from "../../compiler/search/space.js";
import { macsOf, surveyOf } from "../../compiler/search/survey/index.js";
import { spaceFile } from "./spaces.js";

const conv = (filters: string, kernel = "1") =>
  `x = conv2d(x, { filters: ${filters}, kernel: ${kernel}, padding: "same" });`;

/** All members, by going through all answers. */
function members(space: Space): Set<string> {
  const found = new Set<string>();
  const open: Map<string, any>[] = [new Map()];
  for (let given = open.pop(); given; given = open.pop()) {
    const { choices, values } = space.member(given);
    const next = choices.find(({ name }) => !given!.has(name));
    if (!next) found.add(keyOf(values));
    else for (const value of next.domain) open.push(new Map([...given, [next.name, value]]));
  }
  return found;
}

const spaces: Readonly<Record<string, string>> = {
  independent: `${conv('choose("a", [4, 8])')} ${conv('choose("b", range(4, 12, 4))')} return x;`,
  elastic: `
    for (let s = 0; s < 2; s++) {
      const depth = choose(\`depth.\${s}\`, [1, 2, 3]);
      for (let b = 0; b < depth; b++) { ${conv("4", "choose(`k.${s}.${b}`, [1, 3])")} }
    }
    return x;`,
  nested: `
    if (choose("head", [false, true])) {
      if (choose("wide", ["no", "yes"]) === "yes") { ${conv('choose("width", [4, 8, 16])')} }
      else { ${conv('choose("narrow", [1, 2])')} }
    }
    return x;`,
  "asked twice": `${conv('choose("a", [4, 8])')} ${conv('choose("a", [4, 8])')} return x;`,
  "two together": `
    const a = choose("a", [1, 2, 3]);
    const b = choose("b", [1, 2, 3]);
    if (a * b < 3) { ${conv('choose("c", [4, 8])')} }
    return conv2d(x, { filters: a + b, kernel: 1 });`,
};

for (const [name, body] of Object.entries(spaces)) {
  test(`${name}: the size is the number of members`, () => {
    const space = new Space(spaceFile(body));
    const { size, choices, largest, smallest } = surveyOf(space);
    const all = members(space);
    assert.ok(size.isExact);
    assert.is(size.count, BigInt(all.size));
    const asked = new Set(
      [...all].flatMap((key) => (JSON.parse(key) as [string, unknown][]).map(([one]) => one)),
    );
    assert.equal(choices.map((one) => one.name).sort(), [...asked].sort());
    const macs = [...all].map((key) => macsOf(space, space.member(new Map(JSON.parse(key)))));
    if (name !== "two together") {
      assert.is(macsOf(space, largest), Math.max(...macs));
      assert.is(macsOf(space, smallest), Math.min(...macs));
    }
  });
}

test("random members are members, the same for the same seed, and keep what is fixed", () => {
  const space = new Space(spaceFile(spaces.elastic));
  const all = members(space);
  for (let i = 0; i < 30; i++) {
    const { values } = space.random(randomOf(7, "test", i), new Map([["depth.0", 2]]));
    assert.ok(all.has(keyOf(values)));
    assert.is(values.get("depth.0"), 2);
    assert.is(keyOf(space.random(randomOf(7, "test", i), new Map([["depth.0", 2]])).values), keyOf(values));
  }
});

function codeOf(body: string): string {
  try {
    surveyOf(new Space(spaceFile(body)));
    return "none";
  } catch (error) {
    if (!(error instanceof Rejected)) throw error;
    return error.diagnostics[0].code;
  }
}

test("what is no space, or none that can be gone through, is said", () => {
  assert.is(codeOf("return x;"), "MCU6001");
  assert.is(codeOf(`${conv('choose("a", choose("b", [1, 2]) === 1 ? [4, 8] : [4])')} return x;`), "MCU6003");
  assert.is(codeOf(`${conv('choose("a", [])')} return x;`), "MCU1021");
  assert.is(codeOf(`${conv('choose("a", [4, 4])')} return x;`), "MCU1021");
  assert.is(codeOf(`${conv('choose("a", [4, 8])')} ${conv('choose("a", [4, 16])')} return x;`), "MCU1021");
  assert.is(codeOf(`for (let i = 0; i < 2100; i++) choose(\`c\${i}\`, [1]); return x;`), "MCU6004");
  // One of the members has a kernel that its image is too small for.
  assert.is(codeOf(`${conv("4", 'choose("k", [3, 33])').replace("same", "valid")} return x;`), "MCU2001");
});

test.run();
