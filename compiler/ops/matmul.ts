import { matrixProduct } from "../kernels/matmul.js";
import { reject } from "../diagnostics/diagnostic.js";
import { shapeText } from "../diagnostics/shape-text.js";
import { elements, type Operation } from "../ir/graph.js";
import type { Operator, ResolveContext, TensorData, Typed } from "./operator.js";
import { broadcastShape, broadcastStrides } from "./arithmetic/broadcast.js";
import { clamp, multiplyByQuantizedMultiplier } from "./arithmetic/fixed-point.js";
import { matmulSizes } from "./arithmetic/matmul-sizes.js";
import { positions } from "./arithmetic/positions.js";
import { matmulMultiplier } from "./arithmetic/product.js";
import { int8Data, quantizationOf } from "./arithmetic/quantization.js";
import { int8Input, resultType, show } from "./rules/options.js";

/** Sums of so many products of 255 * 255 stay below 2^31. */
const mostDepth = 33_025;

/** Product of matrices, the last two dimensions of both operands; the dimensions before them broadcast. */
export const matmul: Operator<"matmul"> = {
  kind: "matmul",
  tflite: "BATCH_MATMUL",

  resolve(context) {
    const { transposeA = false, transposeB = false } = context.node.attributes;
    for (const [name, value] of Object.entries({ transposeA, transposeB })) {
      if (typeof value !== "boolean") context.fail(name, `${name} is ${show(value)}`, "true or false");
    }
    const [a, b] = [matrices(context, 0), matrices(context, 1)];
    const [rows, depth] = transposeA ? [a.last, a.first] : [a.first, a.last];
    const [depthB, columns] = transposeB ? [b.last, b.first] : [b.first, b.last];
    const batch = broadcastShape(a.batch, b.batch);
    if (depth !== depthB || !batch) {
      return reject("MCU2002", context.site?.at, {
        operator: "matmul",
        left: `${shapeText(a.shape)} (${context.inputName(0)})`,
        right: `${shapeText(b.shape)} (${context.inputName(1)})`,
        expected:
          depth !== depthB ? `as many columns on the left, ${depth}, as rows on the right` : undefined,
      });
    }
    if (depth > mostDepth)
      context.fail(undefined, `sums of ${depth} products`, `at most ${mostDepth}, which an int32 holds`);
    return {
      attributes: { transposeA, transposeB },
      output: resultType(context, [...batch, rows, columns]),
    };
  },

  quantization: () => "calibrated",

  macs: (operation, inputs, output) => elements(output.shape) * matmulSizes(operation, inputs, output).depth,

  float(operation, inputs, types, output) {
    const result = new Float32Array(elements(output.shape));
    multiply(operation, inputs, types, output, [0, 0], (sum, i) => (result[i] = sum));
    return result;
  },

  reference(operation, inputs, types, output) {
    const [a, b] = types.map(quantizationOf);
    const to = quantizationOf(output);
    const multiplier = matmulMultiplier(a, b, to);
    const result = new Int8Array(elements(output.shape));
    multiply(operation, inputs.map(int8Data), types, output, [a.zeroPoint, b.zeroPoint], (sum, i) => {
      result[i] = clamp(multiplyByQuantizedMultiplier(sum, multiplier) + to.zeroPoint, -128, 127);
    });
    return result;
  },

  kernels: [matrixProduct],
};

function matrices(context: ResolveContext<"matmul">, index: number) {
  const shape = int8Input(context, undefined, index);
  if (shape.length < 2) {
    const what = `input ${context.inputName(index)} has shape ${shapeText(shape)}`;
    context.fail(undefined, what, "at least 2 dimensions", "reshape() gives a tensor other dimensions");
  }
  const [first, last] = shape.slice(-2);
  return { shape, batch: shape.slice(0, -2), first, last };
}

/** Every sum of (a - zeroPoint) * (b - zeroPoint), in double: exact for int8 (|product| <= 2^16). */
function multiply(
  operation: Operation<"matmul">,
  [left, right]: readonly TensorData[],
  types: readonly Typed[],
  output: Typed,
  [zeroA, zeroB]: readonly number[],
  store: (sum: number, index: number) => void,
): void {
  const { rows, depth, columns, a, b } = matmulSizes(operation, types, output);
  const batch = output.shape.slice(0, -2);
  const starts = types.map(({ shape }) => {
    const matrix = elements(shape.slice(-2));
    return positions(batch, broadcastStrides(shape.slice(0, -2), batch)).map((index) => index * matrix);
  });
  let index = 0;
  for (let one = 0; one < starts[0].length; one++) {
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        let sum = 0;
        for (let k = 0; k < depth; k++) {
          const x = left[starts[0][one] + row * a.row + k * a.depth] - zeroA;
          sum += x * (right[starts[1][one] + k * b.depth + column * b.column] - zeroB);
        }
        store(sum, index++);
      }
    }
  }
}
