/** What a search is about: the space, what is known of it, and what the command was given. */

import { readFileSync } from "node:fs";
import { packageRoot } from "../../package-root.js";
import { join } from "node:path";
import type { Checked } from "../../ir/graph.js";
import { limitText } from "../../limits/parse-limits.js";
import type { Space } from "../../search/space.js";
import { fingerprintOf } from "../../search/state.js";
import type { Survey } from "../../search/survey/index.js";
import type { Warnings } from "../warnings.js";
import type { SearchOptions } from "./options.js";

export interface Subject {
  readonly space: Space;
  readonly survey: Survey;
  /** The largest member: what all members have in common is taken from it. */
  readonly network: Checked;
  readonly options: SearchOptions;
  readonly warnings: Warnings;
}

export const limitsText = ({ limits }: Pick<Checked, "limits">): string => limits.map(limitText).join("; ");

/** @param parts everything else that decides what a search finds */
export function fingerprintOfSpace({ space, network }: Subject, parts: readonly unknown[]): string {
  const texts = [...space.sources.values()].map(({ text }) => text);
  const { version } = JSON.parse(readFileSync(join(packageRoot(), "package.json"), "utf8"));
  const { board, limits } = network;
  const bounds = limits.map(({ quantity, region, atMost }) => [quantity, region, atMost]);
  return fingerprintOf([version, texts, board, bounds, ...parts]);
}
