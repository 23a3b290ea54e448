/**
 * The part of ONNX's file format (onnx.proto, IR version 8, operator set 17) that translated networks need, written by protobufjs
 * without generated code.
 */

import protobuf from "protobufjs/light.js";

/** Of NodeProto: a number is a float or an int as `attributeTypes` says, a list is one of ints, a text is a string. */
export type Attribute = number | readonly number[] | string;

export interface Node {
  readonly operator: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, Attribute>>;
}

export interface Initializer {
  readonly name: string;
  readonly shape: readonly number[];
  /** Whole numbers are int64, as shapes and indices are in ONNX. */
  readonly data: Float32Array | BigInt64Array;
}

/** float32 tensors; a text is the name of a size that each run sets. */
export interface Port {
  readonly name: string;
  readonly shape: readonly (number | string)[];
}

export interface OnnxGraph {
  readonly nodes: readonly Node[];
  readonly initializers: readonly Initializer[];
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
}

const irVersion = 8;
const operatorSet = 17;

/** TensorProto.DataType. */
const [float32, int64] = [1, 7];

/** AttributeProto.AttributeType. */
const [isFloat, isInt, isString, isInts] = [1, 2, 3, 7];

/** Attributes that are floats; all other numbers are ints. */
const floats: ReadonlySet<string> = new Set(["alpha", "beta", "epsilon", "momentum"]);

const one = (id: number, type: string) => ({ id, type });
const many = (id: number, type: string) => ({ id, type, rule: "repeated" });

const messages = protobuf.Root.fromJSON({
  nested: {
    Model: {
      fields: { irVersion: one(1, "int64"), graph: one(7, "Graph"), opsets: many(8, "OperatorSet") },
    },
    OperatorSet: { fields: { domain: one(1, "string"), version: one(2, "int64") } },
    Graph: {
      fields: {
        nodes: many(1, "Node"),
        name: one(2, "string"),
        initializers: many(5, "Tensor"),
        inputs: many(11, "ValueInfo"),
        outputs: many(12, "ValueInfo"),
      },
    },
    Node: {
      fields: {
        inputs: many(1, "string"),
        outputs: many(2, "string"),
        name: one(3, "string"),
        operator: one(4, "string"),
        attributes: many(5, "Attribute"),
      },
    },
    Attribute: {
      fields: {
        name: one(1, "string"),
        f: one(2, "float"),
        i: one(3, "int64"),
        s: one(4, "bytes"),
        ints: many(8, "int64"),
        type: one(20, "int32"),
      },
    },
    Tensor: {
      fields: {
        dims: many(1, "int64"),
        dataType: one(2, "int32"),
        name: one(8, "string"),
        rawData: one(9, "bytes"),
      },
    },
    ValueInfo: { fields: { name: one(1, "string"), type: one(2, "Type") } },
    Type: { fields: { tensor: one(1, "TensorType") } },
    TensorType: { fields: { elementType: one(1, "int32"), shape: one(2, "Shape") } },
    Shape: { fields: { dims: many(1, "Dimension") } },
    Dimension: { fields: { value: one(1, "int64"), name: one(2, "string") } },
  },
});

const modelMessage = messages.lookupType("Model");

/** The bytes of a `.onnx` file. */
export function encodeModel({ nodes, initializers, inputs, outputs }: OnnxGraph): Uint8Array {
  const graph = {
    name: "network",
    nodes: nodes.map((node, i) => ({
      ...node,
      name: `${node.operator}_${i}`,
      attributes: Object.entries(node.attributes).map(([name, value]) => ({ name, ...valueOf(name, value) })),
    })),
    initializers: initializers.map(({ name, shape, data }) => ({
      name,
      dims: shape,
      dataType: data instanceof Float32Array ? float32 : int64,
      rawData: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
    })),
    inputs: inputs.map(valueInfo),
    outputs: outputs.map(valueInfo),
  };
  const opsets = [{ domain: "", version: operatorSet }];
  return modelMessage.encode(modelMessage.create({ irVersion, graph, opsets })).finish();
}

function valueOf(name: string, value: Attribute) {
  if (typeof value === "string") return { type: isString, s: new TextEncoder().encode(value) };
  if (typeof value !== "number") return { type: isInts, ints: value };
  return floats.has(name) ? { type: isFloat, f: value } : { type: isInt, i: value };
}

function valueInfo({ name, shape }: Port) {
  const dims = shape.map((size) => (typeof size === "string" ? { name: size } : { value: size }));
  return { name, type: { tensor: { elementType: float32, shape: { dims } } } };
}
