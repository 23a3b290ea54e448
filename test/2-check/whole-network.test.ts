/** What is said about a network as a whole: layers that lead nowhere, and its name. */

import { test } from "uvu";
import * as assert from "uvu/assert";
import { complaints, warnings } from "./scratch-project.js";

test("layers that lead nowhere: the last of each is worth a warning", () => {
  const model = `export default network("net", {}, () => {
    const x = input("x", [8, 8, 3]);
    const dead = conv2d(x, { filters: 4, kernel: 3 });
    relu(dead);
    return maxPool2d(x, { size: 2 });
  });`;
  assert.is(
    warnings({ model }),
    `MCU2030: relu "relu" leads to no output and is left out
  at relu(dead)
  help: return what is computed from it, or remove it`,
  );
  assert.is(warnings({ model: `export default network("net", {}, () => relu(input("x", [8])));` }), "");
});

test("a network with the name of a header", () => {
  assert.is(
    complaints({ model: `export default network("string", {}, () => relu(input("x", [8])));` }),
    `MCU2031: a network cannot be called "string": its string.h would hide another header of that name
  at "string"
  help: for example "string_net"`,
  );
});

test.run();
