/** Costs of members of a search space, asked for in another order. */

import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";

test("costs do not depend on what was asked before", () => {
  const ask = (order: string) => {
    const script = fileURLToPath(new URL("./costs-in-order.ts", import.meta.url));
    const { stdout, stderr, status } = spawnSync(process.execPath, ["--import", "tsx", script, order], {
      encoding: "utf8",
    });
    assert.is(status, 0, stderr);
    return JSON.parse(stdout) as unknown;
  };
  assert.equal(ask("backwards"), ask("forwards"));
});

test.run();
