/** Changes to the meaning of a `.tflite`: its numbers are found through its tables, so that the file stays well-formed. */

import { Rejected } from "../../compiler/diagnostics/diagnostic.js";
import { FlatBuffer, type Table } from "../../compiler/import/flatbuffer.js";
import * as schema from "../../compiler/import/schema.js";
import type { Random } from "../random.js";
import type { Mutation } from "./mutations.js";

interface NumberField {
  readonly what: string;
  readonly at: number;
  readonly bits: 8 | 32 | 64;
  readonly values: readonly number[];
}

const small = [-2, -1, 0, 1, 2, 3, 4, 5, 6, 7, 9, 10, 16, 100];
const sizes = [...small, 255, 1000, 65536, 1 << 20, 2 ** 30, 2 ** 31 - 1, -(2 ** 31)];
/** float32 by their bits: 0, -0, 1, -1, infinities, NaN, tiny, huge, ordinary. */
const floats = [
  0, 0x80000000, 0x3f800000, 0xbf800000, 0x7f800000, 0xff800000, 0x7fc00000, 1, 0x00800000, 0x7f7fffff,
  0x3c23d70a, 0x38d1b717, 0x33d6bf95,
];

/** Any number that the tables lead to. */
export const setModelField: Mutation = (bytes, random) => {
  const all = numbers(bytes);
  if (all.length === 0) return { bytes, done: "nothing" };
  const { what, at, bits, values } = pickKind(all, random);
  const copy = bytes.slice();
  const view = new DataView(copy.buffer);
  // Often another field's value of the same kind: that is what fits best.
  const twin = random.pick(all.filter((one) => one.what === what && one.bits === bits));
  const twinValue = bits === 8 ? view.getInt8(twin.at) : view.getInt32(twin.at, true);
  const value = random.chance(0.3) ? twinValue : random.pick(values);
  if (bits === 8) view.setInt8(at, value);
  else view.setInt32(at, value, true);
  if (bits === 64) view.setInt32(at + 4, random.chance(0.9) ? (value < 0 ? -1 : 0) : value, true);
  return { bytes: copy, done: `${what} at ${at} = ${value}` };
};

/** Every kind of field alike, however often it occurs. */
function pickKind(all: readonly NumberField[], random: Random): NumberField {
  const kind = random.pick([...new Set(all.map(({ what }) => what))]);
  return random.pick(all.filter(({ what }) => what === kind));
}

function numbers(bytes: Uint8Array): NumberField[] {
  const found: NumberField[] = [];
  try {
    walk(bytes, found);
  } catch (error) {
    // An earlier mutation has broken the file: what was found until there is still in it.
    if (!(error instanceof Rejected)) throw error;
  }
  return found.filter(({ at, bits }) => at >= 0 && at + bits / 8 <= bytes.length);
}

function walk(bytes: Uint8Array, found: NumberField[]): void {
  const buffer = new FlatBuffer(bytes, "seed.tflite");
  const scalar = (
    what: string,
    table: Table,
    field: number,
    bits: 8 | 32,
    values: readonly number[] = small,
  ) => {
    const at = table.position(field);
    if (at !== undefined) found.push({ what, at, bits, values });
  };
  const vector = (
    what: string,
    table: Table,
    field: number,
    bits: 32 | 64,
    values: readonly number[] = small,
  ) => {
    const at = table.position(field);
    if (at === undefined) return;
    const start = buffer.follow(at);
    found.push({ what: `count of ${what}`, at: start, bits: 32, values: [0, 1, 2, 3, 4, 5, 100] });
    const count = Math.min(buffer.uint32(start), 64);
    for (let i = 0; i < count; i++) found.push({ what, at: start + 4 + (i * bits) / 8, bits, values });
  };
  const root = buffer.root();
  for (const code of root.tables(schema.modelFields.operatorCodes)) {
    const codes = Array.from({ length: 160 }, (_, index) => index);
    scalar("operator code", code, schema.operatorCodeFields.builtinCode, 32, codes);
    scalar(
      "old operator code",
      code,
      schema.operatorCodeFields.deprecatedBuiltinCode,
      8,
      codes.slice(0, 128),
    );
  }
  for (const graph of root.tables(schema.modelFields.subgraphs)) {
    vector("graph input", graph, schema.subgraphFields.inputs, 32);
    vector("graph output", graph, schema.subgraphFields.outputs, 32);
    for (const tensor of graph.tables(schema.subgraphFields.tensors)) {
      vector("size", tensor, schema.tensorFields.shape, 32, sizes);
      vector("size of signature", tensor, schema.tensorFields.shapeSignature, 32, sizes);
      scalar(
        "dtype",
        tensor,
        schema.tensorFields.type,
        8,
        schema.tensorTypes.map((_, index) => index),
      );
      scalar("buffer", tensor, schema.tensorFields.buffer, 32);
      scalar("is variable", tensor, schema.tensorFields.isVariable, 8, [0, 1, 2]);
      const quantization = tensor.table(schema.tensorFields.quantization);
      if (!quantization) continue;
      vector("scale", quantization, schema.quantizationFields.scale, 32, floats);
      const zeroPoints = [-129, -128, -1, 0, 1, 127, 128, 255, 256, 2 ** 31 - 1];
      vector("zero point", quantization, schema.quantizationFields.zeroPoint, 64, zeroPoints);
      scalar("quantized dimension", quantization, schema.quantizationFields.quantizedDimension, 32);
    }
    for (const operator of graph.tables(schema.subgraphFields.operators)) {
      scalar("operator's code", operator, schema.operatorFields.opcodeIndex, 32);
      vector("operand", operator, schema.operatorFields.inputs, 32);
      vector("result", operator, schema.operatorFields.outputs, 32);
      scalar(
        "options type",
        operator,
        schema.operatorFields.optionsType,
        8,
        small.concat([20, 50, 100, 127, -128]),
      );
      const options = operator.table(schema.operatorFields.options);
      if (!options) continue;
      for (let field = 0; field < 9; field++) {
        // An int8 or an int32; what is behind an int8 belongs to it no more than the next field does.
        scalar(`option ${field}`, options, field, 32, sizes);
        scalar(`option ${field}, a byte`, options, field, 8);
      }
    }
  }
  // Contents of small constants: axes, shapes, paddings.
  for (const one of root.tables(schema.modelFields.buffers)) {
    const data = one.data(schema.bufferFields.data);
    if (!data || data.bytes.length > 128) continue;
    for (let i = 0; i + 4 <= data.bytes.length; i += 4)
      found.push({ what: "constant", at: data.start + i, bits: 32, values: sizes });
  }
}
