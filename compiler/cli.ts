#!/usr/bin/env node
/** The command line. Commands load what they need when they are called, so that `--help` and `check` start fast. */

import { Command, CommanderError, Option } from "commander";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { collect, examples, fileEnding, path, positiveInteger } from "./commands/arguments.js";
import { exitCodes } from "./commands/exit-codes.js";
import { stages, targets } from "./commands/options.js";
import { addSearchCommand } from "./commands/search/command-line.js";
import { packageRoot } from "./package-root.js";
import { memoryNames } from "./run/memories.js";

const version: string = JSON.parse(readFileSync(join(packageRoot(), "package.json"), "utf8")).version;

const json = (): Option => new Option("--json", "print one JSON object on standard output");
const show = (): Option =>
  new Option("--show <stage>", "print what a stage of the compiler made, and stop").choices(stages);
const input = (): Option =>
  new Option(
    "-i, --input <file>",
    "int8, uint8 or float32 array, [name=]x.npy; once for each input of the network",
  )
    .argParser(collect)
    .default([], "none");

/** A command that takes a model, or several. */
function modelCommand(program: Command, name: string, summary: string, isSeveral = false): Command {
  const model = fileEnding(".ts", ".tflite");
  const models = (value: string, before?: readonly string[]) => collect(model(value), before);
  const command = program
    .command(name)
    .summary(summary)
    .description(`${summary[0].toUpperCase()}${summary.slice(1)}.`)
    .argument(
      isSeveral ? "<models...>" : "<model>",
      "model file, net.ts or model.tflite",
      isSeveral ? models : model,
    )
    .option("--board <name>", "build for this board: a name, or a .mcu file; default: the network's own")
    .option("--linker-script <file>", "take the memory regions from a GNU linker script")
    .option("--limits <limits>", 'in place of the network\'s own: "sram <= 64 KiB; latency <= 20 ms"')
    .addOption(
      new Option("--prefer <what>", "which plan within the limits; default: a compromise").choices([
        "speed",
        "memory",
        "balance",
      ]),
    );
  return withEdges(command);
}

/** What changes at the network's inputs and outputs; the names of the types are TensorFlow Lite's. */
function withEdges(command: Command): Command {
  const type = (edge: string, operator: string) =>
    new Option(
      `--inference-${edge}-type <type>`,
      `float ${edge}s around ${operator} become the int8 tensors themselves`,
    ).choices(["int8"]);
  return command
    .addOption(
      new Option("--feed <input>", "the input arrives row by row, and is never stored whole").argParser(
        collect,
      ),
    )
    .addOption(type("input", "quantize"))
    .addOption(type("output", "dequantize"));
}

const noAsm = (): Option =>
  new Option("--no-asm", "hot loops in C only, without the asm that is scheduled for the core");

function commandLine(): Command {
  const program = new Command("tsc-mcu")
    .description(
      "Compiles small neural networks, written in TypeScript, to exact C for Cortex-M7 microcontrollers.",
    )
    .version(version)
    .exitOverride()
    .addHelpText("after", examples("check net.ts", "build net.ts -o generated/", "run net.ts --input x.npy"))
    .addHelpText(
      "after",
      "\nExit codes: 0 done, 1 the input is at fault, 2 wrong usage, 3 a fault of tsc-mcu.",
    );

  modelCommand(program, "check", "check types, shapes, quantisation and limits; needs no trained weights")
    .option("--pareto", "print what memory costs in time: plans from the fastest to the smallest")
    .addOption(show())
    .addOption(json())
    .addHelpText(
      "after",
      examples("check net.ts", "check net.ts --board nucleo-h743zi --pareto", "check net.ts --show=4-plan"),
    )
    .action(async (model, options) => (await import("./commands/check.js")).checkCommand(model, options));

  modelCommand(program, "build", "write the C files of a network, or of several for one firmware", true)
    .option("-o, --output <folder>", "where to", path, "generated")
    .addOption(show())
    .addOption(noAsm())
    .addOption(json())
    .addHelpText(
      "after",
      examples(
        "build net.ts -o generated/",
        "build model.tflite -o generated/ --linker-script app.ld",
        "build wake.ts words.ts -o generated/",
      ),
    )
    .action(async (models, options) => (await import("./commands/build.js")).buildCommand(models, options));

  modelCommand(program, "run", "run a network on this machine or on an emulated Cortex-M7")
    .addOption(
      new Option(
        "--on <target>",
        "host: the compiled loops as JavaScript; native: the C, with this machine's compiler ($CC); emulator: the C, on an emulated Cortex-M7",
      )
        .choices(targets)
        .default("host"),
    )
    .addOption(input())
    .addOption(
      new Option("-o, --output <file>", "write an output, [name=]y.npy; without: print the top classes")
        .argParser(collect)
        .default([], "none"),
    )
    .option("--float", "write real values, not int8")
    .option("--labels <file>", "names of the classes, one a line")
    .option("--cases <n>", "only the first n cases", positiveInteger)
    .option(
      "--reset-each-case",
      "networks with state: start anew with every case, not where the last one ended",
    )
    .addOption(noAsm())
    .addOption(json())
    .addHelpText(
      "after",
      examples(
        "run net.ts --input x.npy --labels labels.txt",
        "run net.ts --input x.npy --output y.npy --float",
        "run net.ts --on emulator --input image=x.npy --cases 2",
      ),
    )
    .action(async (model, options) => (await import("./commands/run.js")).runCommand(model, options));

  modelCommand(program, "profile", "measure cycles and instructions a layer on the emulated Cortex-M7")
    .addOption(input())
    .addOption(
      new Option(
        "--memory <preset>",
        "whose stalls to add to the pipeline's cycles; default: the one most like the board's",
      ).choices(memoryNames),
    )
    .addOption(noAsm())
    .addOption(json())
    .addHelpText(
      "after",
      examples("profile net.ts", "profile model.tflite --input x.npy", "profile net.ts --memory h743-dtcm"),
    )
    .action(async (model, options) => (await import("./commands/profile.js")).profileCommand(model, options));

  const importing = program
    .command("import")
    .summary("write net.ts and weights.safetensors from a TensorFlow Lite model")
    .description("Write net.ts and weights.safetensors from a TensorFlow Lite model.")
    .argument("<model>", "model.tflite", fileEnding(".tflite"))
    .requiredOption("-o, --output <folder>", "where to", path)
    .option("--force", "replace a net.ts that is there already and differs");
  withEdges(importing)
    .addOption(json())
    .addHelpText("after", examples("import model.tflite -o my-net/"))
    .action(async (model, options) => (await import("./commands/import.js")).importCommand(model, options));

  addSearchCommand(program);

  program
    .command("export")
    .summary("write a network, or a search space's super-network, as Python to train it elsewhere")
    .description(
      "Write a network as a PyTorch module whose tensors `weights()` reads back, or a search space as its super-network, with a training script for torchrun and an evaluator for `search --evaluator`.",
    )
    .argument("<model>", "model file, net.ts or space.ts", fileEnding(".ts"))
    .addOption(new Option("--to <framework>", "what to write").choices(["pytorch"]).default("pytorch"))
    .requiredOption("-o, --output <folder>", "where to", path)
    .option("--force", "replace files that are there already and differ")
    .addOption(json())
    .addHelpText("after", examples("export net.ts --to pytorch -o training/"))
    .action(async (model, options) => (await import("./commands/export.js")).exportCommand(model, options));

  return program;
}

async function main(args: readonly string[]): Promise<number> {
  const wantsJson = args.includes("--json");
  try {
    await commandLine().parseAsync(args, { from: "user" });
    return exitCodes.done;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return exitCodes.done;
    const { reportBug, reportRejected, reportUsage } = await import("./commands/failure.js");
    if (error instanceof CommanderError) return reportUsage(error.message, wantsJson);
    const { Rejected } = await import("./diagnostics/diagnostic.js");
    if (error instanceof Rejected) return reportRejected(error, wantsJson);
    return reportBug(error, version, args, wantsJson);
  }
}

// A reader that has seen enough (`| head`) is no fault; a full disk is not ours.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(exitCodes.done);
  process.stderr.write(`error: cannot write to standard output: ${error.message}\n`);
  process.exit(exitCodes.rejected);
});

process.exitCode = await main(process.argv.slice(2));
