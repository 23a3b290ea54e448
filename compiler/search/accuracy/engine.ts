/** onnxruntime-node, which computes networks in real numbers: an optional dependency, loaded when it is first needed. */

import { reject, type Place } from "../../diagnostics/diagnostic.js";

export interface Tensor {
  readonly data: Float32Array;
  readonly shape: readonly number[];
}

/** Of a run: tensors by their ONNX names. */
export type Tensors = Readonly<Record<string, Tensor>>;

/** What of onnxruntime-node is used; its own types are not there where it is not installed. */
interface Runtime {
  readonly Tensor: new (type: "float32", data: Float32Array, dims: readonly number[]) => RuntimeTensor;
  readonly InferenceSession: { create(model: Uint8Array, options: object): Promise<RuntimeSession> };
}

interface RuntimeTensor {
  readonly data: Float32Array;
  readonly dims: readonly number[];
}

interface RuntimeSession {
  run(
    feeds: Readonly<Record<string, RuntimeTensor>>,
    fetches: Readonly<Record<string, RuntimeTensor | null>>,
  ): Promise<Readonly<Record<string, RuntimeTensor>>>;
  release(): Promise<void>;
}

/**
 * One thread a session: candidates are shared out among workers. The layout of "all", channels in blocks of a vector register, makes
 * depthwise convolutions ten times faster.
 */
const options = {
  executionProviders: ["cpu"],
  graphOptimizationLevel: "all",
  executionMode: "sequential",
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  logSeverityLevel: 3,
};

/** A text of its own, so that the program compiles where the package is not installed. */
const runtimePackage: string = "onnxruntime-node";

export class Engine {
  private constructor(
    readonly runtime: Runtime,
    readonly place: Place,
  ) {}

  /**
   * @param place of what is evaluated, for diagnostics
   * @param name of the package
   * @throws Rejected where the package is missing
   */
  static async load(place: Place, name = runtimePackage): Promise<Engine> {
    try {
      const loaded = await import(name);
      return new Engine(loaded.default ?? loaded, place);
    } catch (error) {
      return reject("MCU6020", place, { reason: firstLine(error) });
    }
  }

  /** Runs a model on all it is given, one after the other; the memory it needs is given back. */
  async run<Result>(model: Uint8Array, use: (session: Session) => Promise<Result>): Promise<Result> {
    const session = await this.#attempt(() => this.runtime.InferenceSession.create(model, options));
    try {
      return await use({
        run: async (feeds, wanted) => {
          const given = mapped(feeds, (one) => this.#tensor(one));
          const places = mapped(wanted, (one) => one && this.#tensor(one));
          const results = await this.#attempt(() => session.run(given, places));
          return mapped(results, ({ data, dims }) => ({ data, shape: dims }));
        },
      });
    } finally {
      await session.release();
    }
  }

  #tensor({ data, shape }: Tensor): RuntimeTensor {
    return new this.runtime.Tensor("float32", data, shape);
  }

  async #attempt<T>(part: () => Promise<T>): Promise<T> {
    try {
      return await part();
    } catch (error) {
      return reject("MCU6026", this.place, { reason: firstLine(error) });
    }
  }
}

export interface Session {
  /** @param wanted results by their names: where to write them, or null for memory of their own */
  run(feeds: Tensors, wanted: Readonly<Record<string, Tensor | null>>): Promise<Tensors>;
}

function mapped<A, B>(record: Readonly<Record<string, A>>, of: (one: A) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(record).map(([name, one]) => [name, of(one)]));
}

const firstLine = (error: unknown) =>
  (error instanceof Error ? error.message : String(error)).split("\n")[0].slice(0, 300);
