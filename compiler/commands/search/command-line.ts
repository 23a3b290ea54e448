/** `tsc-mcu search` and its options. */

import { Option, type Command } from "commander";
import { availableParallelism } from "node:os";
import {
  collect,
  examples,
  fileEnding,
  path,
  positiveInteger,
  probability,
  wholeNumber,
} from "../arguments.js";
import type { SearchOptions } from "./options.js";

export function addSearchCommand(program: Command): void {
  const command = program
    .command("search")
    .summary("find the best network of a search space that keeps the limits (TinyNAS)")
    .description(
      "Find the best network of a search space that keeps the limits (TinyNAS). Stage 1 compares sub-spaces, the combinations of the choices marked `grid`, by the networks that fit; stage 2 is an evolution among the networks that fit. Without --stage both are run, the second in the sub-space that the first has chosen. The same command goes on where an earlier one was stopped.",
    )
    .argument("<space>", "model file with choices", fileEnding(".ts"))
    .addOption(new Option("--stage <n>", "only this one").choices(["1", "2"]))
    .option("-o, --output <folder>", "where the search's state, its pages and the network go", path, "search")
    .option("--board <name>", "search for this board: a name, or a .mcu file; default: the space's own")
    .option("--linker-script <file>", "take the memory regions from a GNU linker script")
    .option("--limits <limits>", 'in place of the space\'s own: "sram <= 64 KiB; latency <= 20 ms"')
    .addOption(
      new Option("--fix <choice=value>", "fix a choice; once for each")
        .argParser(collect)
        .default([], "none"),
    )
    .option("--seed <n>", "of all random numbers: the same seed finds the same network", wholeNumber, 1)
    .option("--workers <n>", "processes", positiveInteger, availableParallelism())
    .option("--restart", "begin anew, whatever an earlier search has found");
  withStages(command)
    .option("--json", "print one JSON object on standard output")
    .addHelpText(
      "after",
      examples(
        "search space.ts",
        "search space.ts --stage 1 --layer-by-layer",
        "search space.ts --stage 2 --supernet supernet.safetensors --data data/ -o best/",
        'search space.ts --stage 2 --evaluator "python3 evaluate.py" --fix width=0.5',
      ),
    )
    .action(async (space: string, options: SearchOptions) => {
      if (options.supernet !== undefined && options.data === undefined)
        command.error("error: --supernet needs --data: the folder with what to score it on");
      if (options.supernet !== undefined && options.evaluator !== undefined)
        command.error("error: --supernet and --evaluator: expected one of them");
      await (await import("./index.js")).searchCommand(space, options);
    });
}

function withStages(command: Command): Command {
  return command
    .optionsGroup("Stage 1:")
    .option("--samples <n>", "networks drawn from each sub-space", positiveInteger, 1000)
    .option("--layer-by-layer", "let no layers run row by row together: what other engines can plan")
    .optionsGroup("Stage 2:")
    .option("--supernet <file>", "score by accuracy with this super-network's weights, .safetensors", path)
    .option("--data <folder>", "val_inputs.npy, val_labels.npy and recal_inputs.npy", path)
    .option(
      "--evaluator <command>",
      "score with a program of yours that speaks JSON lines; default, without --supernet: the most MACs are best",
      path,
    )
    .option("--evaluator-timeout <s>", "how long the program may answer nothing", positiveInteger, 3600)
    .option("--population <n>", "networks of the first generation", positiveInteger, 100)
    .option("--parents <n>", "the best, from which others come", positiveInteger, 20)
    .option("--crossovers <n>", "new networks of each generation", wholeNumber, 50)
    .option("--mutations <n>", "new networks of each generation", wholeNumber, 50)
    .option("--mutation-probability <p>", "that an answer changes", probability, 0.1)
    .option("--generations <n>", "after the first", wholeNumber, 30)
    .option("--front", "write every network of the Pareto front, not only the best");
}
