/** A `.tflite` file as data: checked, names instead of codes, but still TensorFlow Lite's graph. */

import { reject } from "../diagnostics/diagnostic.js";
import { FlatBuffer, type Table } from "./flatbuffer.js";
import * as schema from "./schema.js";

export interface TfliteModel {
  readonly file: string;
  readonly subgraph: Subgraph;
}

export interface Subgraph {
  readonly tensors: readonly TfliteTensor[];
  readonly operators: readonly TfliteOperator[];
  /** Indices into `tensors`. */
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
}

export interface TfliteTensor {
  readonly index: number;
  /** As in the file; `tensor 3` where the file has none. */
  readonly name: string;
  /** With the batch. */
  readonly shape: readonly number[];
  /** `shape`, with -1 where it may differ from run to run. */
  readonly signature: readonly number[];
  /** `"int8"`, `"float32"` …, as in `tensorTypes`. */
  readonly dtype: string;
  readonly quantization?: TfliteQuantization;
  /** Contents of a constant. */
  readonly data?: { readonly bytes: Uint8Array; readonly start: number };
  readonly isVariable: boolean;
  readonly isSparse: boolean;
  /** Byte offset in the file. */
  readonly at: number;
}

export interface TfliteQuantization {
  readonly scales: Float32Array;
  readonly zeroPoints: readonly number[];
  readonly dimension: number;
  /** Not the affine kind that `scales` describe. */
  readonly isCustom: boolean;
}

export interface TfliteOperator {
  readonly index: number;
  /** `"CONV_2D"`; `custom operator "name"`. */
  readonly name: string;
  /** Indices into the tensors; -1 for an optional input that is left out. */
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  /** Tensors that only say how values inside of the operator are quantised. */
  readonly intermediates: readonly number[];
  readonly optionsTag: number;
  readonly options?: Table;
  readonly at: number;
}

const maxTensors = 20_000;
/** Layers of the largest networks for microcontrollers number in the hundreds. */
const maxOperators = 2_000;
/** TensorFlow Lite's own bound for most operators is 6 or 8. */
const maxRank = 8;
/** Elements of one tensor; keeps every product of sizes exact. */
const maxElements = 2 ** 31;

/** Reads a model. Rejects with MCU3030 (not a model), MCU3031 (damaged) or MCU3035 (of a kind that is not supported). */
export function readModel(bytes: Uint8Array, file: string): TfliteModel {
  checkIdentifier(bytes, file);
  const buffer = new FlatBuffer(bytes, file);
  const root = buffer.root();
  const version = root.uint32(schema.modelFields.version);
  if (version !== schema.schemaVersion) {
    reject("MCU3035", { file, offset: root.at }, { what: `has schema version ${version}`, expected: "3" });
  }
  const subgraphs = root.tables(schema.modelFields.subgraphs);
  if (subgraphs.length !== 1) {
    const what = `has ${subgraphs.length} subgraphs`;
    const help = "control flow (if, while) is not supported; export the model's single signature without it";
    reject("MCU3035", { file, offset: root.at }, { what, expected: "one", help });
  }
  const codes = root.tables(schema.modelFields.operatorCodes).map(operatorName);
  const buffers = root.tables(schema.modelFields.buffers);
  return { file, subgraph: readSubgraph(subgraphs[0], codes, buffers, buffer) };
}

function checkIdentifier(bytes: Uint8Array, file: string): void {
  if (bytes.length < 8) {
    reject(
      "MCU3030",
      { file, offset: 0 },
      { what: `the file has ${bytes.length} bytes`, expected: "at least 8" },
    );
  }
  const found = String.fromCharCode(...bytes.subarray(4, 8));
  if (found !== schema.identifier) {
    const shown = /^[ -~]*$/.test(found)
      ? `"${found}"`
      : [...bytes.subarray(4, 8)].map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
    reject(
      "MCU3030",
      { file, offset: 4 },
      { what: `its identifier is ${shown}`, expected: `"${schema.identifier}"` },
    );
  }
}

function operatorName(code: Table): string {
  const { deprecatedBuiltinCode, builtinCode, customCode } = schema.operatorCodeFields;
  // Codes above 126 do not fit the older field; files of before it was outgrown have only that one.
  const number = Math.max(code.int8(deprecatedBuiltinCode), code.int32(builtinCode));
  if (number === schema.customOperator) return `custom operator "${code.string(customCode)}"`;
  return schema.builtinOperators[number] ?? `builtin operator ${number}`;
}

function readSubgraph(
  table: Table,
  codes: readonly string[],
  buffers: readonly Table[],
  file: FlatBuffer,
): Subgraph {
  const { tensors, inputs, outputs, operators } = schema.subgraphFields;
  const tensorTables = table.tables(tensors);
  const operatorTables = table.tables(operators);
  atMost(tensorTables.length, maxTensors, "tensors", table, file);
  atMost(operatorTables.length, maxOperators, "operators", table, file);
  const indices = (owner: Table, field: number, lowest: number): number[] =>
    Array.from(owner.int32s(field), (index) => {
      if (index >= lowest && index < tensorTables.length) return index;
      return file.fail(
        owner.position(field) ?? owner.at,
        `it refers to tensor ${index} of ${tensorTables.length}`,
      );
    });
  return {
    tensors: tensorTables.map((one, index) => readTensor(one, index, buffers, file)),
    inputs: indices(table, inputs, 0),
    outputs: indices(table, outputs, 0),
    operators: operatorTables.map((one, index) => {
      const fields = schema.operatorFields;
      const opcode = one.uint32(fields.opcodeIndex);
      if (opcode >= codes.length)
        file.fail(one.at, `operator ${index} has operator code ${opcode} of ${codes.length}`);
      return {
        index,
        name: codes[opcode],
        inputs: indices(one, fields.inputs, -1),
        outputs: indices(one, fields.outputs, 0),
        intermediates: indices(one, fields.intermediates, -1),
        optionsTag: one.uint8(fields.optionsType),
        options: one.table(fields.options),
        at: one.at,
      };
    }),
  };
}

function atMost(count: number, most: number, what: string, table: Table, { file }: FlatBuffer): void {
  if (count > most) {
    reject(
      "MCU3035",
      { file, offset: table.at },
      { what: `has ${count} ${what}`, expected: `at most ${most}` },
    );
  }
}

function readTensor(table: Table, index: number, buffers: readonly Table[], file: FlatBuffer): TfliteTensor {
  const fields = schema.tensorFields;
  const name = table.string(fields.name) || `tensor ${index}`;
  const shape = [...table.int32s(fields.shape)];
  if (
    shape.length > maxRank ||
    shape.some((size) => size < 0) ||
    shape.reduce((a, b) => a * b, 1) > maxElements
  ) {
    file.fail(
      table.position(fields.shape) ?? table.at,
      `tensor "${name}" has the shape [${shape.slice(0, 12).join(", ")}]`,
    );
  }
  const signature = [...table.int32s(fields.shapeSignature)];
  const type = table.uint8(fields.type);
  const dtype = schema.tensorTypes[type] ?? `of unknown type ${type}`;
  if (table.uint32(fields.externalBuffer) !== 0) refuseExternal(name, file.file, table.at);
  return {
    index,
    name,
    shape,
    signature: signature.length === shape.length ? signature : shape,
    dtype,
    quantization: readQuantization(table.table(fields.quantization)),
    data: readData(table, name, buffers, file, bytesNeeded(shape, dtype)),
    isVariable: table.bool(fields.isVariable),
    isSparse: table.position(fields.sparsity) !== undefined,
    at: table.at,
  };
}

/** Bytes of a constant of this type; undefined where elements have no fixed size. */
function bytesNeeded(shape: readonly number[], dtype: string): number | undefined {
  const bits = schema.tensorBits[dtype];
  return bits === undefined ? undefined : Math.ceil((shape.reduce((a, b) => a * b, 1) * bits) / 8);
}

/** The contents of a tensor's buffer. Buffer 0 is empty by convention; activations refer to it or to another empty one. */
function readData(
  tensor: Table,
  name: string,
  buffers: readonly Table[],
  file: FlatBuffer,
  wanted?: number,
): TfliteTensor["data"] {
  const number = tensor.uint32(schema.tensorFields.buffer);
  if (number === 0 && buffers.length === 0) return undefined;
  if (number >= buffers.length)
    file.fail(tensor.at, `tensor "${name}" has buffer ${number} of ${buffers.length}`);
  const buffer = buffers[number];
  // Writers use offset 1 as a mark while a file is being made; anything above leads outside of the flatbuffer.
  if (buffer.uint64(schema.bufferFields.offset) > 1n) refuseExternal(name, file.file, buffer.at);
  const data = buffer.data(schema.bufferFields.data);
  if (!data || data.bytes.length === 0) return undefined;
  if (wanted !== undefined && data.bytes.length !== wanted) {
    file.fail(data.start, `tensor "${name}" has ${data.bytes.length} bytes of data instead of ${wanted}`);
  }
  return data;
}

function refuseExternal(name: string, file: string, offset: number): never {
  reject(
    "MCU3036",
    { file, offset },
    { tensor: name, what: "has its data outside of the model", expected: "data in the model's buffers" },
  );
}

function readQuantization(table: Table | undefined): TfliteQuantization | undefined {
  if (!table) return undefined;
  const fields = schema.quantizationFields;
  const scales = table.float32s(fields.scale);
  const isCustom = table.uint8(fields.detailsType) !== 0;
  if (scales.length === 0 && !isCustom) return undefined;
  const zeroPoints = Array.from(table.int64s(fields.zeroPoint), Number);
  return { scales, zeroPoints, dimension: table.int32(fields.quantizedDimension), isCustom };
}
