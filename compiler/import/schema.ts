/**
 * The part of TensorFlow Lite's schema (version 3) that the importer reads: for every table the index of its fields, and the options of
 * operators with types and defaults. Numbers are the public schema's; they never change once released.
 */

import type { Table } from "./flatbuffer.js";

/** At byte 4 of every model. */
export const identifier = "TFL3";

export const schemaVersion = 3;

export const modelFields = {
  version: 0,
  operatorCodes: 1,
  subgraphs: 2,
  description: 3,
  buffers: 4,
} as const;
export const operatorCodeFields = {
  deprecatedBuiltinCode: 0,
  customCode: 1,
  version: 2,
  builtinCode: 3,
} as const;
export const subgraphFields = { tensors: 0, inputs: 1, outputs: 2, operators: 3, name: 4 } as const;
export const tensorFields = {
  shape: 0,
  type: 1,
  buffer: 2,
  name: 3,
  quantization: 4,
  isVariable: 5,
  sparsity: 6,
  shapeSignature: 7,
  externalBuffer: 10,
} as const;
export const quantizationFields = { scale: 2, zeroPoint: 3, detailsType: 4, quantizedDimension: 6 } as const;
export const operatorFields = {
  opcodeIndex: 0,
  inputs: 1,
  outputs: 2,
  optionsType: 3,
  options: 4,
  intermediates: 8,
} as const;
/** `offset` and `size` point behind the flatbuffer, for models beyond 2 GB. */
export const bufferFields = { data: 0, offset: 1, size: 2 } as const;

/** `TensorType`, by code. */
export const tensorTypes = [
  ...[
    "float32",
    "float16",
    "int32",
    "uint8",
    "int64",
    "string",
    "bool",
    "int16",
    "complex64",
    "int8",
    "float64",
  ],
  ...["complex128", "uint64", "resource", "variant", "uint32", "uint16", "int4", "bfloat16", "int2", "uint4"],
];

/** Bits of the types whose buffers are checked for size. */
export const tensorBits: Readonly<Record<string, number>> = {
  ...{ float32: 32, float16: 16, float64: 64, bfloat16: 16 },
  ...{ int64: 64, uint64: 64, int32: 32, uint32: 32, int16: 16, uint16: 16, int8: 8, uint8: 8, bool: 8 },
  ...{ int4: 4, uint4: 4, int2: 2 },
};

/** `Padding`, by code. */
export const paddings = ["same", "valid"] as const;

/** `ActivationFunctionType`, by code. */
export const activations = ["NONE", "RELU", "RELU_N1_TO_1", "RELU6", "TANH", "SIGN_BIT"] as const;

type Kind = "int8" | "int32" | "float32";

interface Field {
  readonly index: number;
  readonly kind: Kind;
  readonly absent: number;
}

const int8 = (index: number): Field => ({ index, kind: "int8", absent: 0 });
const int32 = (index: number, absent = 0): Field => ({ index, kind: "int32", absent });
const float32 = (index: number): Field => ({ index, kind: "float32", absent: 0 });

/** An options table: its tag in the union `BuiltinOptions` and its scalar fields. */
export interface OptionsTable {
  readonly tag: number;
  readonly fields: Readonly<Record<string, Field>>;
}

export const optionsTables = {
  conv2D: {
    tag: 1,
    fields: {
      padding: int8(0),
      strideWidth: int32(1),
      strideHeight: int32(2),
      activation: int8(3),
      dilationWidth: int32(4, 1),
      dilationHeight: int32(5, 1),
    },
  },
  depthwiseConv2D: {
    tag: 2,
    fields: {
      padding: int8(0),
      strideWidth: int32(1),
      strideHeight: int32(2),
      depthMultiplier: int32(3),
      activation: int8(4),
      dilationWidth: int32(5, 1),
      dilationHeight: int32(6, 1),
    },
  },
  transposeConv: {
    tag: 49,
    fields: { padding: int8(0), strideWidth: int32(1), strideHeight: int32(2), activation: int8(3) },
  },
  pool2D: {
    tag: 5,
    fields: {
      padding: int8(0),
      strideWidth: int32(1),
      strideHeight: int32(2),
      filterWidth: int32(3),
      filterHeight: int32(4),
      activation: int8(5),
    },
  },
  fullyConnected: {
    tag: 8,
    fields: { activation: int8(0), weightsFormat: int8(1), keepDimensions: int8(2) },
  },
  svdf: { tag: 6, fields: { rank: int32(0), activation: int8(1) } },
  sequenceLstm: {
    tag: 71,
    fields: { activation: int8(0), cellClip: float32(1), projectionClip: float32(2), timeMajor: int8(3) },
  },
  softmax: { tag: 9, fields: { beta: float32(0) } },
  add: { tag: 11, fields: { activation: int8(0) } },
  subtract: { tag: 28, fields: { activation: int8(0) } },
  multiply: { tag: 21, fields: { activation: int8(0) } },
  batchMatmul: { tag: 101, fields: { adjointX: int8(0), adjointY: int8(1) } },
  l2Norm: { tag: 12, fields: { activation: int8(0) } },
  leakyRelu: { tag: 75, fields: { alpha: float32(0) } },
  gelu: { tag: 116, fields: { approximate: int8(0) } },
  concatenation: { tag: 10, fields: { axis: int32(0), activation: int8(1) } },
  resizeBilinear: { tag: 15, fields: { alignCorners: int8(2), halfPixelCenters: int8(3) } },
  resizeNearest: { tag: 74, fields: { alignCorners: int8(0), halfPixelCenters: int8(1) } },
  spaceToDepth: { tag: 19, fields: { blockSize: int32(0) } },
  depthToSpace: { tag: 94, fields: { blockSize: int32(0) } },
  gather: { tag: 23, fields: { axis: int32(0), batchDimensions: int32(1) } },
  stridedSlice: {
    tag: 32,
    fields: {
      beginMask: int32(0),
      endMask: int32(1),
      ellipsisMask: int32(2),
      newAxisMask: int32(3),
      shrinkAxisMask: int32(4),
      offset: int8(5),
    },
  },
  pack: { tag: 59, fields: { count: int32(0), axis: int32(1) } },
  unpack: { tag: 64, fields: { count: int32(0), axis: int32(1) } },
  mirrorPad: { tag: 77, fields: { mode: int8(0) } },
  reducer: { tag: 27, fields: { keepDimensions: int8(0) } },
} satisfies Record<string, OptionsTable>;

export type Options<T extends OptionsTable> = { readonly [K in keyof T["fields"]]: number };

/** The scalars of an options table; all defaults where the operator has none. */
export function readOptions<T extends OptionsTable>(table: Table | undefined, schema: T): Options<T> {
  const entries = Object.entries(schema.fields).map(([name, { index, kind, absent }]) => [
    name,
    table ? table[kind](index, absent) : absent,
  ]);
  return Object.fromEntries(entries);
}

/** `BuiltinOperator`, by code: all of them, so that an operator that is not supported can at least be named. */
export const builtinOperators: readonly string[] = `
  ADD AVERAGE_POOL_2D CONCATENATION CONV_2D DEPTHWISE_CONV_2D DEPTH_TO_SPACE DEQUANTIZE EMBEDDING_LOOKUP FLOOR FULLY_CONNECTED
  HASHTABLE_LOOKUP L2_NORMALIZATION L2_POOL_2D LOCAL_RESPONSE_NORMALIZATION LOGISTIC LSH_PROJECTION LSTM MAX_POOL_2D MUL RELU
  RELU_N1_TO_1 RELU6 RESHAPE RESIZE_BILINEAR RNN SOFTMAX SPACE_TO_DEPTH SVDF TANH CONCAT_EMBEDDINGS
  SKIP_GRAM CALL CUSTOM EMBEDDING_LOOKUP_SPARSE PAD UNIDIRECTIONAL_SEQUENCE_RNN GATHER BATCH_TO_SPACE_ND SPACE_TO_BATCH_ND TRANSPOSE
  MEAN SUB DIV SQUEEZE UNIDIRECTIONAL_SEQUENCE_LSTM STRIDED_SLICE BIDIRECTIONAL_SEQUENCE_RNN EXP TOPK_V2 SPLIT
  LOG_SOFTMAX DELEGATE BIDIRECTIONAL_SEQUENCE_LSTM CAST PRELU MAXIMUM ARG_MAX MINIMUM LESS NEG
  PADV2 GREATER GREATER_EQUAL LESS_EQUAL SELECT SLICE SIN TRANSPOSE_CONV SPARSE_TO_DENSE TILE
  EXPAND_DIMS EQUAL NOT_EQUAL LOG SUM SQRT RSQRT SHAPE POW ARG_MIN
  FAKE_QUANT REDUCE_PROD REDUCE_MAX PACK LOGICAL_OR ONE_HOT LOGICAL_AND LOGICAL_NOT UNPACK REDUCE_MIN
  FLOOR_DIV REDUCE_ANY SQUARE ZEROS_LIKE FILL FLOOR_MOD RANGE RESIZE_NEAREST_NEIGHBOR LEAKY_RELU SQUARED_DIFFERENCE
  MIRROR_PAD ABS SPLIT_V UNIQUE CEIL REVERSE_V2 ADD_N GATHER_ND COS WHERE
  RANK ELU REVERSE_SEQUENCE MATRIX_DIAG QUANTIZE MATRIX_SET_DIAG ROUND HARD_SWISH IF WHILE
  NON_MAX_SUPPRESSION_V4 NON_MAX_SUPPRESSION_V5 SCATTER_ND SELECT_V2 DENSIFY SEGMENT_SUM BATCH_MATMUL PLACEHOLDER_FOR_GREATER_OP_CODES
  CUMSUM CALL_ONCE
  BROADCAST_TO RFFT2D CONV_3D IMAG REAL COMPLEX_ABS HASHTABLE HASHTABLE_FIND HASHTABLE_IMPORT HASHTABLE_SIZE
  REDUCE_ALL CONV_3D_TRANSPOSE VAR_HANDLE READ_VARIABLE ASSIGN_VARIABLE BROADCAST_ARGS RANDOM_STANDARD_NORMAL BUCKETIZE RANDOM_UNIFORM
  MULTINOMIAL
  GELU DYNAMIC_UPDATE_SLICE RELU_0_TO_1 UNSORTED_SEGMENT_PROD UNSORTED_SEGMENT_MAX UNSORTED_SEGMENT_SUM ATAN2 UNSORTED_SEGMENT_MIN SIGN
  BITCAST
  BITWISE_XOR RIGHT_SHIFT STABLEHLO_LOGISTIC STABLEHLO_ADD STABLEHLO_DIVIDE STABLEHLO_MULTIPLY STABLEHLO_MAXIMUM STABLEHLO_RESHAPE
  STABLEHLO_CLAMP STABLEHLO_CONCATENATE
  STABLEHLO_BROADCAST_IN_DIM STABLEHLO_CONVOLUTION STABLEHLO_SLICE STABLEHLO_CUSTOM_CALL STABLEHLO_REDUCE STABLEHLO_ABS STABLEHLO_AND
  STABLEHLO_COSINE STABLEHLO_EXPONENTIAL STABLEHLO_FLOOR
  STABLEHLO_LOG STABLEHLO_MINIMUM STABLEHLO_NEGATE STABLEHLO_OR STABLEHLO_POWER STABLEHLO_REMAINDER STABLEHLO_RSQRT STABLEHLO_SELECT
  STABLEHLO_SUBTRACT STABLEHLO_TANH
  STABLEHLO_SCATTER STABLEHLO_COMPARE STABLEHLO_CONVERT STABLEHLO_DYNAMIC_SLICE STABLEHLO_DYNAMIC_UPDATE_SLICE STABLEHLO_PAD
  STABLEHLO_IOTA STABLEHLO_DOT_GENERAL STABLEHLO_REDUCE_WINDOW STABLEHLO_SORT
  STABLEHLO_WHILE STABLEHLO_GATHER STABLEHLO_TRANSPOSE DILATE STABLEHLO_RNG_BIT_GENERATOR REDUCE_WINDOW STABLEHLO_COMPOSITE
  STABLEHLO_SHIFT_LEFT STABLEHLO_CBRT STABLEHLO_CASE`
  .trim()
  .split(/\s+/);

/** `CUSTOM` in `BuiltinOperator`; the code's own name is beside it. */
export const customOperator = 32;
