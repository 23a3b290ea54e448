/** `model.py`: one plain network. */

import type { Layer } from "./layers.js";
import { hasLogits, moduleFile } from "./module-file.js";
import { classNameLike, literal, paragraph } from "./python.js";
import type { Program } from "./program.js";

export function modelFile(program: Program): string {
  return moduleFile(program, {
    className: classNameLike(program.name),
    about: aboutText(program),
    imports: ["\nimport tensors"],
    constants: renamedText(program),
    methods: [fileMethods(program)],
    isSpace: false,
  });
}

/** Names in the weights file of what PyTorch calls something else. */
export function renamedText({ renamed }: Program): string[] {
  if (renamed.size === 0) return [];
  const entries = [...renamed].map(([name, stored]) => `    ${literal(name)}: ${literal(stored)},`);
  return [
    ["# Tensors that are called something else in the weights file.", "STORED = {", ...entries, "}"].join(
      "\n",
    ),
  ];
}

export function fileMethods({ renamed }: Program): string {
  const stored = renamed.size > 0 ? "STORED.get(name, name)" : "name";
  return `    def save(self, path):
        """Writes the tensors under the names that the model file gives them."""
        state = self.state_dict()
        names = [name for name in state if not name.endswith("num_batches_tracked")]
        tensors.save(path, {${stored}: state[name] for name in names})

    def load(self, path):
        """Reads what \`save\` has written."""
        stored = tensors.load(path)
        names = [name for name in self.state_dict() if not name.endswith("num_batches_tracked")]
        self.load_state_dict({name: stored[${stored}] for name in names}, strict=False)
        return self`;
}

function aboutText(program: Program): string {
  const inputs = program.steps.filter(({ kind }) => kind === "input");
  const what = inputs
    .map(({ node }) => `${oneLine(node.name)} [batch, ${shapeOf(node).join(", ")}]`)
    .join(" and ");
  const result = hasLogits(program) ? " `logits` is what goes into the softmax at the end." : "";
  const about = `It takes ${what}, as the model file does: channels last.${result}`;
  return `The network ${literal(program.name)}, exported from its model file.

${paragraph(about)}
${weightsText(program, false)}
`;
}

const shapeOf = (node: Layer["node"]): readonly number[] =>
  (node.attributes as { shape: readonly number[] }).shape;

/** Names may be anything; a docstring ends at three quotes. */
const oneLine = (text: string): string => text.replace(/[^\w .-]/g, "_");

/** How the model file reads what `save` writes. */
export function weightsText({ steps, renamed }: Program, isSpace: boolean): string {
  const layers = steps.filter(({ tensors }) => tensors.length > 0);
  const unnamed = layers.filter(({ tensors }) => tensors.some(({ reference }) => !reference));
  const lines: string[] = [];
  if (unnamed.length > 0) {
    const [{ module }] = unnamed;
    lines.push(
      "",
      paragraph(
        `${unnamed.length === layers.length ? "The layers have" : `${unnamed.length} layers have`} no weights in the model file ` +
          "yet. `save` gives theirs the names of the layers. To use them, the model file opens what was saved and spreads " +
          "each layer's into its options (w.dense, w.batchNorm and w.convTranspose likewise):",
      ),
      "",
      ...usage(module!.segments.join("."), isSpace),
    );
  }
  const foreign = layers
    .flatMap(({ tensors }) => tensors)
    .find(({ reference }) => reference?.layout === "tensorflow");
  if (foreign) {
    lines.push(
      "",
      paragraph(
        "The model file reads its weights in TensorFlow's layout. What `save` writes is in PyTorch's: weights(file, " +
          '{ layout: "pytorch" }); batchNorm then needs its epsilon, { ...w.batchNorm(name), epsilon: 1e-3 }.',
      ),
    );
  }
  if (renamed.size > 0) lines.push("", "STORED has the names of tensors that PyTorch cannot have.");
  return lines.length === 0
    ? "`save` writes what its weights() reads, with PyTorch's layout."
    : lines.slice(1).join("\n");
}

const usage = (layer: string, isSpace: boolean): readonly string[] =>
  isSpace
    ? [
        '    const w = weights("./supernet.safetensors", { layout: "pytorch", elastic: true });',
        `    conv2d(x, { ...w.conv(${literal(layer)}, { filters, kernel }), stride, padding })`,
      ]
    : [
        '    const w = weights("./weights.safetensors", { layout: "pytorch" });',
        `    conv2d(x, { ...w.conv(${literal(layer)}), stride, padding })`,
      ];
