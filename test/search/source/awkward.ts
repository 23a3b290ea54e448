/** Search spaces that use choices wherever TypeScript has a place for an expression. */

const imports = `import { add, averagePool2d, choose, conv2d, dense, depthwiseConv2d, globalAveragePool, input, maxPool2d, network, range, relu, relu6, type Tensor } from "tsc-mcu";`;

/** @param body statements with a tensor \`x\` [16, 16, 4], which they may change; before: what stands before the network */
const space = (body: string, before = ""): string => `${imports}
${before}
export default network("awkward", {}, () => {
  let x: Tensor<3> = input("image", [16, 16, 4]);
${body}
  return dense(globalAveragePool(x), { name: "scores", units: 3 });
});
`;

export interface AwkwardSpace {
  readonly files: Readonly<Record<string, string>>;
  /** What `net.ts` must not contain. */
  readonly without?: RegExp;
}

const single = (body: string, before?: string, without = /choose/): AwkwardSpace => ({
  files: { "space.ts": space(body, before) },
  without,
});

export const awkwardSpaces: Readonly<Record<string, AwkwardSpace>> = {
  "default parameters": single(
    `  x = block(x, "a");
  x = block(x, "b", 3);
  x = other(x);`,
    `/** A block. */
function block(x: Tensor<3>, name: string, kernel = choose("kernel", [1, 3])): Tensor<3> {
  return conv2d(x, { name, filters: 4, kernel, padding: (kernel - 1) / 2 });
}
const other = (x: Tensor<3>, { filters = choose("filters", [4, 8]) }: { filters?: number } = {}) =>
  conv2d(x, { name: "other", filters, kernel: 1 });`,
  ),
  "objects, spreads and shorthands": single(
    `  const kernel = choose("kernel", [1, 3]);
  const options = { kernel, padding: (kernel - 1) / 2, ...(choose("strided", [false, true]) ? { stride: 2 } : {}) };
  x = conv2d(x, { name: "a", filters: 8, ...options });
  x = conv2d(x, {
    name: "b", // the name
    // how many
    filters: choose("filters", [4, 8]),
    kernel: 1,
    ...(choose("active", [false, true]) && { activation: choose("activation", ["relu", "relu6"]) }), // perhaps
  });
  const { stride, ...rest } = { stride: choose("stride", [1, 2]), kernel: [1, 1] as const };
  x = conv2d(x, { name: "c", filters: 4, stride, ...rest });`,
  ),
  switch: single(
    `  for (let i = 0; i < 2; i++) x = pool(x, i);
  switch (choose("kind", ["conv", "twice", "none", "dw"])) {
    // A convolution.
    case "conv":
      x = conv2d(x, { name: "s", filters: 4, kernel: 1 });
      break;
    case "twice": {
      const y = conv2d(x, { name: "t", filters: 4, kernel: 1 });
      x = add(conv2d(x, { name: "u", filters: 4, kernel: 1 }), y);
      break;
    }
    case "dw":
      x = depthwiseConv2d(x, { name: "v", kernel: 3, padding: 1 });
    // falls through
    default:
      // Nothing else.
      x = relu(x);
  }`,
    `function pool(x: Tensor<3>, i: number): Tensor<3> {
  switch (choose(\`pool\${i}\`, ["max", "average", "none"])) {
    case "max":
      return maxPool2d(x, { size: 2 });
    case "average":
      return averagePool2d(x, { size: 2 });
    default:
      return x;
  }
}`,
  ),
  conditions: single(
    `  const wide = choose("wide", [false, true]);
  // Only for wide ones.
  if (wide) {
    // More channels.
    x = conv2d(x, { name: "wide", filters: 16, kernel: 1 }); // 16
  } // end of wide
  // Always.
  x = relu(x);
  if (!wide) x = relu6(x);
  else if (choose("deep", [false, true])) {
    const y = x;
    x = add(conv2d(x, { name: "deep", filters: 16, kernel: 1 }), y);
  } else {
    x = relu(x);
  }
  const kernel = choose("kernel", [1, 3, 5]);
  const big = kernel > 1 && wide;
  const isFive = kernel === 5;
  x = conv2d(x, { name: "k", filters: big ? 8 : 4, kernel: isFive ? 3 : kernel, padding: kernel === 1 ? 0 : 1 });
  if (kernel === 3 || wide) x = first(x);
  x = second(x, kernel);`,
    `function first(x: Tensor<3>): Tensor<3> {
  const y = x;
  if (choose("first", [1, 2]) === 1) {
    const y = relu(x);
    return y;
  }
  return conv2d(y, { name: "first", filters: 4, kernel: 1 });
}

/** Used by small kernels. */
function second(x: Tensor<3>, kernel: number): Tensor<3> {
  if (kernel > 3) return third(x);
  // The others.
  return relu(x);
}
// Far away.
function third(x: Tensor<3>): Tensor<3> {
  return choose("third", [true, false]) ? conv2d(x, { name: "third", filters: 4, kernel: 1 }) : x;
}`,
  ),
  "loops and names": single(
    `  for (const name of ["a", "b", "c"]) {
    if (choose(name + ".used", [false, true])) x = conv2d(x, { name, filters: choose(\`\${name}.filters\`, range(4, 12, 4)), kernel: 1 });
  }
  let n = choose("n", [0, 1, 2]);
  while (n-- > 0) {
    const kernel = choose(\`loop\${n}.kernel\`, [1, 3]);
    const stride = kernel === 3 ? choose(\`loop\${n}.stride\`, [1, 2]) : 1;
    x = conv2d(x, { name: \`loop\${n}\`, filters: 4, kernel, stride, padding: (kernel - 1) / 2 });
  }
  ["d", "e"].forEach((name, i) => {
    const act = choose(\`act.\${i}.\${name}.kind\`, ["none", "relu"]);
    x = act === "relu" ? relu(x) : x;
  });
  for (let i = 0; i < 2; i++) for (let j = 0; j < choose(\`depth.\${i}.d\`, [1, 2]); j++) x = relu(x);`,
  ),
  "texts, indices, destructuring": single(
    `  const kernel = choose("kernel", [1, 3] as const);
  x = conv2d(x, { name: \`conv_\${choose("kernel", [1, 3])}_\${kernel}\`, filters: [4, 8][choose("index", [0, 1])], kernel, padding: kernel === 3 ? 1 : 0 });
  const [a, b = choose("b", [4, 8])] = [choose("a", [4, 8]), undefined];
  x = conv2d(x, { name: "a", filters: a, kernel: 1 });
  x = conv2d(x, { name: \`b\${"x"}\`, filters: b, kernel: 1 });
  const tables = { small: { filters: 4 }, large: { filters: 8 } };
  const { filters } = tables[choose("size", ["small", "large"])];
  x = conv2d(x, { name: choose("name", ["one", "two"]), filters, kernel: 1 });
  let activation = choose("activation", ["relu", "relu6"]);
  x = conv2d(x, { name: "z", filters: 4, kernel: 1, activation });
  const scale = -choose("minus", [-2, -1]);
  x = conv2d(x, { name: \`m\${scale}\`, filters: 4 * scale, kernel: 1 });`,
  ),
  "under other names": {
    files: {
      "space.ts": `import * as mcu from "tsc-mcu";
import { choose as ask } from "tsc-mcu";
const pick = ask;
/** Asks for one of some. */
function either<T extends number | string>(name: string, ...values: T[]): T {
  return pick(name, values);
}
const question = ["spread", [4, 8]] as const;
export default mcu.network("awkward", {}, () => {
  let x: mcu.Tensor<3> = mcu.input("image", [16, 16, 4]);
  const kernel = either("kernel", 1, 3);
  const activation = either("activation", "relu", "relu6");
  x = mcu.conv2d(x, { name: "a", filters: mcu.choose("filters", [4, 8]), kernel, activation });
  x = mcu.conv2d(x, { name: "b", filters: ask(...question), kernel: 1 });
  return x;
});
`,
    },
  },
  "several files": {
    files: {
      "space.ts": `// The model.
import { choose, dense, globalAveragePool, input, network } from "tsc-mcu";
import { bottleneck, plain, type Options } from "./blocks/blocks";
import { unused } from "./unused.js";
import numbers from "./numbers.json";
import { shared } from "../shared.ts";

const options: Options = { kernel: choose("kernel", [1, 3]) };
export default network("awkward", {}, () => {
  let x = input("image", [16, 16, numbers.channels]);
  let y = choose("plain", [true, false]) ? plain(x, options) : bottleneck(x, options);
  if (choose("unused", [false, true])) y = unused(y);
  return dense(globalAveragePool(shared(y)), { name: "scores", units: 3 });
});
`,
      "blocks/blocks.ts": `import { add, choose, conv2d, depthwiseConv2d, type Tensor } from "tsc-mcu";

export interface Options { readonly kernel: number }

/** One convolution. */
export function plain(x: Tensor<3>, { kernel }: Options): Tensor<3> {
  return conv2d(x, { name: "plain", filters: choose("filters", [4, 8]), kernel });
}

/** Three. */
export function bottleneck(x: Tensor<3>, { kernel }: Options): Tensor<3> {
  const y = conv2d(x, { name: "expand", filters: 4 * expansion, kernel: 1 });
  return conv2d(depthwiseConv2d(y, { name: "dw", kernel }), { name: "project", filters: 4, kernel: 1 });
}

const expansion = choose("expansion", [2, 3]);
`,
      "unused.ts": `import { choose, relu, relu6, type Tensor } from "tsc-mcu";
export const unused = (x: Tensor<3>) => (choose("which", ["relu", "relu6"]) === "relu" ? relu(x) : relu6(x));
`,
      "numbers.json": `{ "channels": 4 }\n`,
      "../shared.ts": `import { choose, relu, type Tensor } from "tsc-mcu";
export const shared = (x: Tensor<3>) => (choose("kernel", [1, 3]) === 3 ? relu(x) : x);
`,
    },
  },
};
