/** `supernet.py`: all members of a space as one module with shared tensors. */

import type { Choice, Choosable } from "../../../dsl/choices.js";
import type { Assignment } from "../../search/member.js";
import { hiddenOf } from "./hidden.js";
import { fileMethods, renamedText, weightsText } from "./model-file.js";
import { moduleFile, parametersOf } from "./module-file.js";
import { classNameLike, literal, paragraph } from "./python.js";
import type { Program } from "./program.js";
import type { Tables } from "./tables.js";

export interface SupernetText {
  readonly program: Program;
  readonly tables: Tables;
  readonly choices: readonly Choice[];
  readonly largest: Assignment;
  readonly smallest: Assignment;
}

export function supernetFile({ program, tables, choices, largest, smallest }: SupernetText): string {
  const hidden = hiddenOf(program);
  const domains = choices.map(({ name, domain }) => `    ${literal(name)}: ${literal(domain)},`);
  return moduleFile(program, {
    className: classNameLike(program.name),
    about: aboutText(program, hidden.length > 0),
    imports: ["\nimport tensors"],
    constants: [
      `# What may be chosen. A member is a dictionary with one answer to each choice that it asks for.`,
      `CHOICES = {\n${domains.join("\n")}\n}`,
      answersText("LARGEST", largest),
      answersText("SMALLEST", smallest),
      ...tables.texts,
      ...renamedText(program),
    ],
    methods: [
      recalibrate([...parametersOf(program).values()]),
      ...(hidden.length > 0 ? [sortByImportance(program)] : []),
      fileMethods(program),
    ],
    isSpace: true,
  });
}

function aboutText(program: Program, isSorted: boolean): string {
  const sorted = isSorted ? ", which `sort_by_importance` has put in order," : "";
  const about =
    `It has the tensors of the largest member. The others take the first channels${sorted} the middle of the windows and the ` +
    "layers that their choices ask for: `network(images, choices)` computes the member of these answers. Images have their " +
    "channels last. BatchNorm's statistics are right for one member at a time: `recalibrate` measures them.";
  return `The super-network of the search space ${literal(program.name)}, exported from its model file.

${paragraph(about)}
${weightsText(program, true)}
`;
}

function answersText(name: string, answers: Assignment): string {
  const pairs = [...answers].map(
    ([choice, answer]) => `    ${literal(choice)}: ${literal(answer as Choosable)},`,
  );
  return `${name} = {\n${pairs.join("\n")}\n}`;
}

const recalibrate = (parameters: readonly string[]): string => `    @torch.no_grad()
    def recalibrate(self, ${parameters.join(", ")}, choices):
        """Measures BatchNorm's mean and variance over one batch, for one member. In float64, where the images are: sums over
        many of them keep their last digits."""
        norms = [module for module in self.modules() if isinstance(module, (nn.BatchNorm1d, nn.BatchNorm2d))]
        usual = [norm.momentum for norm in norms]
        was_training = self.training
        self.train().to(${parameters[0]}.dtype)
        for norm in norms:
            norm.momentum = 1.0
        try:
            self(${parameters.join(", ")}, choices)
        finally:
            for norm, momentum in zip(norms, usual):
                norm.momentum = momentum
            self.train(was_training).float()`;

function sortByImportance(program: Program): string {
  const entries = hiddenOf(program).map(({ rows, reader }) =>
    [
      `            (`,
      `                ${reader.module!.text},`,
      `                [${rows.map(({ module }) => module!.text).join(", ")}],`,
      `            ),`,
    ].join("\n"),
  );
  return `    @torch.no_grad()
    def sort_by_importance(self):
        """Puts hidden channels in order, those first that are read with the largest weights (L1 norm). To be done once, when
        the largest member is trained and before the others are. The largest member computes the same as before."""
        hidden = [
${entries.join("\n")}
        ]
        for reader, makers in hidden:
            order = reader.weight.abs().sum(dim=(0, 2, 3)).argsort(descending=True)
            reader.weight.copy_(reader.weight[:, order])
            for maker in makers:
                for tensor in maker.state_dict().values():
                    if tensor.dim() > 0:
                        tensor.copy_(tensor[order])`;
}
