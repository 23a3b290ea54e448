import {
  collectNodes,
  currentSite,
  DslError,
  isNodeOutput,
  type Calibration,
  type Net,
  type NodeOutput,
} from "./graph.js";
import type { DType, Tensor } from "./tensor.js";

/** A microcontroller board by its name, from `tsc-mcu/boards` or a `.mcu` file next to the model (`"./my-board.mcu"`). */
export interface Board {
  readonly kind: "board";
  readonly name: string;
}

export interface NetworkOptions {
  /** What the network is built for; `--board` overrides it. */
  readonly board?: Board | string;
  /**
   * Limits that fail the build: `"sram <= 32 KiB; flash <= 64 KiB; latency <= 10 ms"`. Quantities: `sram`, `sram(REGION)`,
   * `flash`, `stack`, `macs`, `latency`, `energy`; units B, kB, KiB, MB, MiB, us, ms, s, uJ, mJ, J, k, M; arithmetic is allowed.
   */
  readonly limits?: string;
  /**
   * Representative inputs, for networks with float weights: a `.npy` file [samples, ...shape] relative to the model file
   * (an object `{ input: file }` where there are several inputs), and how ranges are chosen from them (`method`).
   */
  readonly calibration?: string | Calibration | Readonly<Record<string, string>>;
}

type AnyTensor = Tensor<any, DType>;

/**
 * Defines a network; the default export of a model file.
 * @param name prefix of all C symbols: letters, digits and `_`, starting with a letter
 * @param body calls the operators and returns the output, or several by name
 */
export function network(
  name: string,
  options: NetworkOptions,
  body: () => AnyTensor | Readonly<Record<string, AnyTensor>>,
): Net {
  if (typeof name !== "string" || !/^[a-z][a-z0-9_]*$/i.test(name)) {
    throw new DslError("a network's name is letters, digits and _, starting with a letter", "name");
  }
  const { nodes, result } = collectNodes(body);
  return {
    kind: "network",
    name,
    board: typeof options.board === "object" ? options.board.name : options.board,
    limits: options.limits,
    calibration: calibration(options.calibration),
    nodes,
    outputs: outputs(result),
    site: currentSite(),
  };
}

function calibration(given: NetworkOptions["calibration"]): Calibration | undefined {
  if (given === undefined) return undefined;
  if (typeof given === "string") return { files: given, method: "default" };
  if ("files" in given && "method" in given) return given as Calibration;
  return { files: given as Readonly<Record<string, string>>, method: "default" };
}

function outputs(result: unknown): Net["outputs"] {
  if (isNodeOutput(result)) return [{ name: result.node.name, value: result }];
  const entries = typeof result === "object" && result !== null ? Object.entries(result) : [];
  if (entries.length === 0)
    throw new DslError("the network's body must return a tensor, or an object of tensors");
  return entries.map(([name, value]) => {
    if (!isNodeOutput(value)) throw new DslError(`the network's output "${name}" is not a tensor`);
    return { name, value: value as NodeOutput };
  });
}
