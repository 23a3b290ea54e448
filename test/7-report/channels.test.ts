/** What the report says of channels. */

import { test } from "uvu";
import * as assert from "uvu/assert";
import { channelsText, reportChannels } from "../../compiler/7-report/channels.js";
import type { ChannelFacts } from "../../compiler/ir/graph.js";
import type { Lowered } from "../../compiler/ir/lowered.js";

const totals = { macs: 3766476 } as Lowered["totals"];

function net(...tensors: ChannelFacts["tensors"]): Pick<Lowered, "channels" | "totals"> {
  return { channels: { tensors, macsBefore: 7489664, weightsBefore: 0 }, totals };
}

const plain = { name: "a", channels: 16, constant: 0, removed: 0 };

test("a line, with the multiply-accumulates before and after", () => {
  const some = net(plain, { name: "b", channels: 32, constant: 21, removed: 20 });
  assert.is(channelsText(some), "21 of 48 channels constant: removed 20, MACs 7.49 M -> 3.77 M");
  const few = net(plain, { name: "b", channels: 32, constant: 2, removed: 0 });
  assert.is(channelsText(few), "2 of 48 channels constant, too few to leave any out");
});

test("the tensors that have some", () => {
  const some = { name: "b", channels: 32, constant: 21, removed: 20 };
  const expected = { total: 48, constant: 21, removed: 20, macsBefore: 7489664, tensors: [some] };
  assert.equal(reportChannels(net(plain, some)), expected);
});

test("nothing where there is nothing to say", () => {
  assert.is(channelsText(net(plain)), undefined);
  assert.is(reportChannels({}), undefined);
});

test.run();
