/**
 * `.safetensors`: an unsigned 64-bit header length, that many bytes of JSON `{ name: { dtype, shape, data_offsets } }`, then the
 * data. Tensors must cover the data without gaps or overlaps, which also bounds what a hostile file can make us allocate.
 */

import { reject, type Place } from "../diagnostics/diagnostic.js";
import { readBytes } from "./read-file.js";
import { bytesOf, elementsOf } from "./typed-array.js";
import type { StoredDType, StoredTensor, TensorFile } from "./tensor-file.js";

const maxHeaderBytes = 16 << 20;
const maxRank = 8;

const elementBytes: Readonly<Record<StoredDType, number>> = {
  F64: 8,
  I64: 8,
  U64: 8,
  F32: 4,
  I32: 4,
  U32: 4,
  F16: 2,
  BF16: 2,
  I16: 2,
  U16: 2,
  I8: 1,
  U8: 1,
  BOOL: 1,
};

/** The types that get data; the others are known by their size only. */
const arrays = { F32: Float32Array, I32: Int32Array, I16: Int16Array, I8: Int8Array, U8: Uint8Array };

interface Entry {
  readonly name: string;
  readonly dtype: StoredDType;
  readonly shape: readonly number[];
  /** Bytes from the start of the data. */
  readonly start: number;
  readonly end: number;
}

/**
 * Opens a file and checks its header; data is looked at when a tensor is asked for.
 * @param at what refers to the file, for a file that cannot be read
 */
export function openSafetensors(file: string, at?: Place, shown?: string): TensorFile {
  return parseSafetensors(readBytes(file, at, shown), file);
}

export function parseSafetensors(bytes: Uint8Array, file: string): TensorFile {
  const { header, dataStart } = readHeader(bytes, file);
  const entries = Object.entries(header)
    .filter(([name]) => name !== "__metadata__")
    .map(([name, value]) => readEntry(name, value, bytes.length - dataStart, file));
  checkCoverage(entries, bytes.length - dataStart, { file, offset: dataStart });
  const byName = new Map(entries.map((entry) => [entry.name, entry]));
  const opened = new Map<string, StoredTensor>();
  return {
    file,
    names: [...byName.keys()],
    get(name) {
      const entry = byName.get(name);
      if (!entry) return undefined;
      if (!opened.has(name)) opened.set(name, openTensor(entry, bytes, dataStart));
      return opened.get(name);
    },
  };
}

function readHeader(bytes: Uint8Array, file: string): { header: object; dataStart: number } {
  if (bytes.length < 8) {
    reject("MCU3010", { file, offset: 0 }, { what: `it has ${bytes.length} bytes`, expected: "at least 8" });
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  // A length beyond 2^53 loses low bits here, which does not matter: it is refused either way.
  const length = view.getUint32(0, true) + view.getUint32(4, true) * 2 ** 32;
  if (length > Math.min(maxHeaderBytes, bytes.length - 8)) {
    const expected = `at most ${Math.min(maxHeaderBytes, bytes.length - 8)}`;
    reject("MCU3010", { file, offset: 0 }, { what: `its header claims ${length} bytes`, expected });
  }
  const header = parseJson(bytes.subarray(8, 8 + length));
  if (typeof header !== "object" || header === null || Array.isArray(header)) {
    reject(
      "MCU3010",
      { file, offset: 8 },
      { what: "its header is not a JSON object", expected: "one entry a tensor" },
    );
  }
  return { header, dataStart: 8 + length };
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    return undefined;
  }
}

function readEntry(name: string, value: unknown, dataBytes: number, file: string): Entry {
  const fail = (what: string, expected: string): never =>
    reject("MCU3011", { file, offset: 8 }, { tensor: name, what, expected });
  const { dtype, shape, data_offsets: offsets } = (value ?? {}) as Record<string, unknown>;
  if (typeof dtype !== "string" || !Object.hasOwn(elementBytes, dtype)) {
    return fail(`dtype ${shortJson(dtype)} is not known`, Object.keys(elementBytes).join(", "));
  }
  if (!isSizes(shape) || shape.length > maxRank) {
    return fail(`shape ${shortJson(shape)}`, `at most ${maxRank} sizes, each an integer >= 0`);
  }
  if (!isSizes(offsets) || offsets.length !== 2 || offsets[0] > offsets[1] || offsets[1] > dataBytes) {
    return fail(
      `data_offsets ${shortJson(offsets)}`,
      `two ascending integers up to ${dataBytes}, the end of the file's data`,
    );
  }
  const [start, end] = offsets;
  // Exact while the product is below 2^53; any larger one differs from end - start however it is rounded.
  const wanted = shape.reduce((product, size) => product * size, elementBytes[dtype as StoredDType]);
  if (wanted !== end - start) {
    return fail(`${end - start} bytes of data`, `${wanted} for ${dtype} ${JSON.stringify(shape)}`);
  }
  return { name, dtype: dtype as StoredDType, shape, start, end };
}

function isSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0);
}

/** A value of the header for a message, however long it is. */
function shortJson(value: unknown): string {
  const text = value === undefined ? "(missing)" : JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

function checkCoverage(entries: readonly Entry[], dataBytes: number, at: Place): void {
  let end = 0;
  for (const entry of [...entries].sort((a, b) => a.start - b.start || a.end - b.end)) {
    if (entry.start !== end) {
      reject("MCU3011", at, {
        tensor: entry.name,
        what: `its data starts at ${entry.start}`,
        expected: `${end}, where the one before it ends`,
      });
    }
    end = entry.end;
  }
  if (end !== dataBytes) {
    reject("MCU3010", at, {
      what: `its tensors take ${end} bytes, but ${dataBytes} follow the header`,
      expected: "as many",
    });
  }
}

function openTensor(entry: Entry, bytes: Uint8Array, dataStart: number): StoredTensor {
  const { name, dtype, shape } = entry;
  const offset = dataStart + entry.start;
  const count = (entry.end - entry.start) / elementBytes[dtype];
  const Type = arrays[dtype as keyof typeof arrays] as typeof Uint8Array | undefined;
  return {
    name,
    dtype,
    shape,
    offset,
    data: Type && elementsOf<StoredTensor["data"]>(Type, bytes, offset, count),
  };
}

/**
 * The file of these tensors, which must have data. The header lists them in the given order; their data goes by element size, largest first, so
 * that every tensor is aligned. The header is padded to start the data at a multiple of 8.
 */
export function writeSafetensors(tensors: readonly StoredTensor[]): Uint8Array {
  const placed = new Map<StoredTensor, number>();
  let end = 0;
  for (const tensor of [...tensors].sort((a, b) => elementBytes[b.dtype] - elementBytes[a.dtype])) {
    placed.set(tensor, end);
    end += tensor.data!.byteLength;
  }
  const entries = tensors.map((tensor): [string, object] => {
    const start = placed.get(tensor)!;
    return [
      tensor.name,
      { dtype: tensor.dtype, shape: tensor.shape, data_offsets: [start, start + tensor.data!.byteLength] },
    ];
  });
  const json = new TextEncoder().encode(JSON.stringify(Object.fromEntries(entries)));
  const headerBytes = Math.ceil(json.length / 8) * 8;
  const file = new Uint8Array(8 + headerBytes + end);
  new DataView(file.buffer).setUint32(0, headerBytes, true);
  file.fill(0x20, 8, 8 + headerBytes);
  file.set(json, 8);
  for (const [tensor, start] of placed) file.set(bytesOf(tensor.data!), 8 + headerBytes + start);
  return file;
}
