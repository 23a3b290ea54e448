/** Pools of workers: results in order, whoever does them; a crash costs its own task and no other. */

import { test } from "uvu";
import * as assert from "uvu/assert";
import { Failure, Pool } from "../../compiler/search/pool.js";

const module = new URL("./pool-task.js", import.meta.url);

test("results come in the order of the tasks, on any number of workers", async () => {
  const tasks = Array.from({ length: 20 }, (_, i) => ({ wait: (i * 7) % 5, value: i }));
  for (const workers of [1, 3]) {
    const pool = await Pool.open<object, number>(module, { factor: 3 }, workers);
    let told = 0;
    const results = await pool.map(tasks, () => told++);
    assert.equal(
      results,
      tasks.map(({ value }) => value * 3),
    );
    assert.is(told, 20);
    assert.equal(await pool.map([{ value: 5 }]), [15], "a pool is used again");
    await pool.close();
  }
});

test("a task that throws or ends its worker fails alone", async () => {
  const pool = await Pool.open<object, number>(module, { factor: 1 }, 2);
  const tasks = [
    { value: 1 },
    { throw: "no such thing" },
    { exit: true },
    { value: 4 },
    { crash: true },
    { value: 6 },
  ];
  const results = await pool.map(tasks);
  assert.is(results[0], 1);
  assert.instance(results[1], Failure);
  assert.is((results[1] as Failure).reason, "no such thing");
  assert.instance(results[2], Failure);
  assert.is(results[3], 4);
  assert.instance(results[4], Failure);
  assert.is(results[5], 6);
  assert.equal(await pool.map([{ value: 7 }]), [7]);
  await pool.close();
});

test("what opening rejects is thrown", async () => {
  try {
    await Pool.open(module, { refuse: "because" }, 2);
    assert.unreachable();
  } catch (error) {
    assert.match((error as Error).message, "because");
  }
});

test.run();
