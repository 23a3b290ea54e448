/**
 * NumPy's `.npy`, versions 1 to 3: the magic, a version, the header's length, the header (a Python dict literal with `descr`,
 * `fortran_order` and `shape`, see npy-header.ts), then the elements.
 */

import { reject, type Place } from "../diagnostics/diagnostic.js";
import { parseNpyHeader } from "./npy-header.js";
import { readBytes } from "./read-file.js";
import { bytesOf, elementsOf } from "./typed-array.js";

export type NpyDType = "int8" | "uint8" | "int16" | "uint16" | "int32" | "uint32" | "int64" | "float32";

export type NpyData =
  Int8Array | Uint8Array | Int16Array | Uint16Array | Int32Array | Uint32Array | BigInt64Array | Float32Array;

export interface NpyArray {
  readonly shape: readonly number[];
  /** float16 and float64 files are read as `"float32"`, bool as `"uint8"`. */
  readonly dtype: NpyDType;
  /** Elements in C order. */
  readonly data: NpyData;
}

const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];
const maxHeaderBytes = 1 << 20;
const maxRank = 32;

/** How a `descr` is stored, without its byte order. */
interface Stored {
  readonly dtype: NpyDType;
  readonly bytes: number;
  readonly read: (bytes: Uint8Array, offset: number, count: number) => NpyData;
}

const as = (dtype: NpyDType, Type: any): Stored => ({
  dtype,
  bytes: Type.BYTES_PER_ELEMENT,
  read: (bytes, offset, count) => elementsOf<NpyData>(Type, bytes, offset, count),
});

const storedTypes: Readonly<Record<string, Stored>> = {
  i1: as("int8", Int8Array),
  u1: as("uint8", Uint8Array),
  b1: as("uint8", Uint8Array),
  i2: as("int16", Int16Array),
  u2: as("uint16", Uint16Array),
  i4: as("int32", Int32Array),
  u4: as("uint32", Uint32Array),
  i8: as("int64", BigInt64Array),
  f4: as("float32", Float32Array),
  f8: { dtype: "float32", bytes: 8, read: (...at) => Float32Array.from(elementsOf(Float64Array, ...at)) },
  f2: {
    dtype: "float32",
    bytes: 2,
    read: (...at) => Float32Array.from(elementsOf(Uint16Array, ...at), float16),
  },
};

const descrOf: Readonly<Record<NpyDType, string>> = {
  int8: "|i1",
  uint8: "|u1",
  int16: "<i2",
  uint16: "<u2",
  int32: "<i4",
  uint32: "<u4",
  int64: "<i8",
  float32: "<f4",
};

/**
 * Reads an array.
 * @param source a file's name, or its bytes
 * @param at what refers to the file, for a file that cannot be read
 * @param shown how messages name the file
 */
export function readNpy(source: string | Uint8Array, at?: Place, shown?: string): NpyArray {
  const file = typeof source === "string" ? source : (shown ?? "array.npy");
  const bytes = typeof source === "string" ? readBytes(source, at, shown) : source;
  const { text, textStart, dataStart } = readPreamble(bytes, file);
  const { descr, fortranOrder, shape } = parseNpyHeader(text, { file, offset: textStart });
  const stored = storedType(descr, { file, offset: textStart });
  if (fortranOrder && shape.length > 1) {
    const help = "save numpy.ascontiguousarray(array)";
    reject(
      "MCU3021",
      { file, offset: textStart },
      { what: "the array is in Fortran order", expected: "C order", help },
    );
  }
  if (shape.length > maxRank) {
    reject(
      "MCU3021",
      { file, offset: textStart },
      { what: `${shape.length} dimensions`, expected: `at most ${maxRank}` },
    );
  }
  const count = shape.reduce((product, size) => product * size, 1);
  const wanted = count * stored.bytes;
  // Exact below 2^53; a larger product cannot equal the size of a file, however it is rounded.
  if (wanted !== bytes.length - dataStart) {
    const what = `${bytes.length - dataStart} bytes of data`;
    reject(
      "MCU3021",
      { file, offset: dataStart },
      { what, expected: `${wanted} for ${descr} [${shape.join(", ")}]` },
    );
  }
  return { shape, dtype: stored.dtype, data: stored.read(bytes, dataStart, count) };
}

function readPreamble(
  bytes: Uint8Array,
  file: string,
): { text: string; textStart: number; dataStart: number } {
  if (bytes.length < 10 || magic.some((byte, index) => bytes[index] !== byte)) {
    reject(
      "MCU3020",
      { file, offset: 0 },
      { what: "it does not start with the magic", expected: "\\x93NUMPY" },
    );
  }
  const version = bytes[6];
  if (version < 1 || version > 3) {
    reject("MCU3020", { file, offset: 6 }, { what: `its version is ${version}`, expected: "1, 2 or 3" });
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const textStart = version === 1 ? 10 : 12;
  const length =
    version === 1 ? view.getUint16(8, true) : bytes.length < 12 ? Infinity : view.getUint32(8, true);
  const most = Math.min(maxHeaderBytes, bytes.length - textStart);
  if (length > most) {
    reject(
      "MCU3020",
      { file, offset: 8 },
      { what: `its header claims ${length} bytes`, expected: `at most ${most}` },
    );
  }
  const text = new TextDecoder(version === 3 ? "utf-8" : "latin1").decode(
    bytes.subarray(textStart, textStart + length),
  );
  return { text, textStart, dataStart: textStart + length };
}

function storedType(descr: string, at: Place): Stored {
  const kind = descr.slice(1);
  const stored = Object.hasOwn(storedTypes, kind) ? storedTypes[kind] : undefined;
  if (!stored || !/^[<|>=]$/.test(descr[0])) {
    const expected = "int8, uint8, int16, uint16, int32, uint32, int64, float16, float32 or float64";
    return reject("MCU3021", at, {
      what: `its dtype is "${descr.slice(0, 40)}"`,
      expected,
      help: "convert it with array.astype(numpy.float32)",
    });
  }
  if (descr[0] === ">" && stored.bytes > 1) {
    reject("MCU3021", at, {
      what: `its dtype "${descr}" is big-endian`,
      expected: "little-endian",
      help: `save array.astype("<${kind}")`,
    });
  }
  return stored;
}

/** IEEE 754 binary16 to a number. */
function float16(bits: number): number {
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  const sign = bits & 0x8000 ? -1 : 1;
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** A version 1 file as NumPy writes it: data starts at a multiple of 64. */
export function writeNpy(data: NpyData, shape: readonly number[], dtype: NpyDType): Uint8Array {
  const sizes = shape.length === 1 ? `${shape[0]},` : shape.join(", ");
  const dict = `{'descr': '${descrOf[dtype]}', 'fortran_order': False, 'shape': (${sizes}), }`;
  const dataStart = Math.ceil((10 + dict.length + 1) / 64) * 64;
  const file = new Uint8Array(dataStart + data.byteLength);
  file.set([...magic, 1, 0]);
  new DataView(file.buffer).setUint16(8, dataStart - 10, true);
  file.set(new TextEncoder().encode(`${dict.padEnd(dataStart - 11)}\n`), 10);
  file.set(bytesOf(data), dataStart);
  return file;
}
