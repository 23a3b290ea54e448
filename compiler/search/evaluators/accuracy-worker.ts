/** A worker of `accuracy.ts`. */

import { Accuracy } from "../accuracy/index.js";
import { assignmentOf } from "../member.js";
import type { Answers } from "../outcome.js";
import { Space, type SpaceOptions } from "../space.js";

export interface AccuracySetup {
  readonly file: string;
  readonly options: SpaceOptions;
  readonly supernet: string;
  readonly data: string;
}

export interface AccuracyTask {
  readonly answers: Answers;
}

export async function open({ file, options, supernet, data }: AccuracySetup) {
  const space = new Space(file, options);
  const accuracy = await Accuracy.open(space, { supernet, data });
  return ({ answers }: AccuracyTask): Promise<number> => accuracy.of(space.member(assignmentOf(answers)));
}
