/** Generated C of every example is committed, and rebuilt here: it shows what the compiler makes, and every change to it. */

import { test } from "uvu";
import * as assert from "uvu/assert";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { compile, outputFiles } from "../compiler/index.js";

const root = fileURLToPath(new URL("../examples/", import.meta.url));

for (const example of readdirSync(root).filter((name) => existsSync(join(root, name, "net.ts")))) {
  test(`${example}: generated/ is what the compiler makes (rebuild it with \`tsc-mcu build\`)`, async () => {
    const files = outputFiles(await compile(join(root, example, "net.ts")));
    const folder = join(root, example, "generated");
    for (const { path, content } of files) {
      // Compared as a boolean: a difference of a weights file would fill the screen.
      assert.ok(
        readFileSync(join(folder, path), "utf8") === content,
        `examples/${example}/generated/${path} differs`,
      );
    }
    assert.equal(readdirSync(folder).sort(), files.map(({ path }) => path).sort());
  });
}

test.run();
