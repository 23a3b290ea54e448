/**
 * A member of a search space as a project of its own: the user's model file with each choice replaced by what was chosen, without the
 * branches that it never takes; its weights; its calibration samples.
 *
 * A rewrite that reads well is tried first. What comes out is read like any model, and compared with the member; where it is another
 * network, or has faults, a plainer rewrite is tried.
 */

import { reject } from "../../diagnostics/diagnostic.js";
import type { OutputFile } from "../../files/output-file.js";
import type { TensorFile } from "../../files/tensor-file.js";
import type { Checked } from "../../ir/graph.js";
import type { Member } from "../member.js";
import type { Space } from "../space.js";
import { Folding } from "./folding.js";
import { Places } from "./places.js";
import { faultOf } from "./proof.js";
import type { Style } from "./rewrite.js";
import { surroundingsOf, type Samples } from "./surroundings.js";
import { weightsOf } from "./tensors.js";
import { modelSources, textsOf } from "./texts.js";
import { traceOf } from "./trace.js";

export type { Samples } from "./surroundings.js";

export interface ProjectOptions {
  /** The member's float weights, as `space.checked` or a recalibration gives them; default: those of the files that the space names. */
  readonly checked?: Checked;
  /** The super-network, where it is another file than the space names. */
  readonly tensors?: TensorFile;
  /** Calibration samples by the names of inputs, in place of the space's own. */
  readonly calibration?: ReadonlyMap<string, Samples>;
}

/** From what reads best to what is always right. */
const styles: readonly Style[] = [
  { folds: true, tidies: "all", types: "wide" },
  { folds: true, tidies: "names", types: "wide" },
  { folds: true, tidies: "names", types: "exact" },
  { folds: false, tidies: "names", types: "exact" },
  { folds: false, tidies: "names", types: "any" },
  { folds: false, tidies: "nothing", types: "any" },
];

/**
 * @returns `net.ts` and what it names. Board and limits are those of `space.options`, where these have any.
 * @throws Rejected MCU6030 where no rewrite gives the member
 */
export async function memberProject(
  space: Space,
  member: Member,
  options: ProjectOptions = {},
): Promise<OutputFile[]> {
  const checked = options.checked ?? space.checked(member, options.tensors);
  const places = new Places(space.file);
  const weights = weightsOf(member.net, checked, places, options.tensors);
  const { settings, files: data } = surroundingsOf(space, member.net, weights, places, options.calibration);
  const trace = traceOf(space, member);
  const sources = modelSources(space);
  const folding = new Folding(space.model.program, trace, sources);
  let fault: string | undefined;
  for (const style of styles) {
    const texts = await textsOf(space, places, {
      program: space.model.program,
      trace,
      folding,
      settings,
      style,
    });
    const files = [...[...texts].map(([path, content]) => ({ path, content })), ...data];
    fault = faultOf(files, member.net, checked, space);
    if (!fault) return files;
  }
  return reject("MCU6030", { file: space.file }, { why: fault! });
}
