/** Whatever choices stand in: the project that is written for a member is that member, and asks nothing any more. */

import { join } from "node:path";
import { format } from "prettier";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { checkModel } from "../../../compiler/index.js";
import { randomOf } from "../../../compiler/search/random.js";
import { memberProject } from "../../../compiler/search/source/index.js";
import { Space } from "../../../compiler/search/space.js";
import { awkwardSpaces } from "./awkward.js";
import { filesOf, readPlain, removeAll, textOf, written } from "./members.js";

const members = 2;

for (const [name, { files, without }] of Object.entries(awkwardSpaces)) {
  test(name, async () => {
    const space = new Space(join(written(filesOf(files)), "space.ts"));
    for (let index = 0; index < members; index++) {
      const member = space.random(randomOf(index, name));
      const answers = JSON.stringify([...member.values]);
      const project = await memberProject(space, member);
      const folder = written(project);
      assert.is(textOf(readPlain(folder)), textOf(member.net), answers);
      const models = project.filter(({ path }) => path.endsWith(".ts"));
      for (const { path, content } of models) {
        const text = content as string;
        assert.not.match(text, without ?? /choose/, `${path} of ${answers}`);
        assert.is(await format(text, { parser: "typescript", printWidth: 110 }), text);
      }
      if (index === 0) await checkModel(join(folder, "net.ts"));
    }
  });
}

test.after(removeAll);
test.run();
