/**
 * A reader of flatbuffers that trusts nothing: every offset, count and string is checked against the file before it is used. What does
 * not hold is rejected with the byte offset at fault. Format: https://flatbuffers.dev/internals/
 */

import { reject } from "../diagnostics/diagnostic.js";
import { elementsOf } from "../files/typed-array.js";

/**
 * Tables and elements read, in all, per byte of the file. A file may refer to one vector from many tables; without a bound, a small
 * file could make us read quadratically much. Files of real tools stay below 1.
 */
const readsPerByte = 2;

/** Reads granted to every file, however small. */
const freeReads = 1024;

const maxStringBytes = 4096;

/** The bytes of a flatbuffer and how much of them may still be read. */
export class FlatBuffer {
  private readonly view: DataView;
  private reads: number;

  constructor(
    readonly bytes: Uint8Array,
    readonly file: string,
  ) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.reads = freeReads + readsPerByte * bytes.length;
  }

  fail(at: number, what: string): never {
    reject("MCU3031", { file: this.file, offset: at }, { what, bytes: this.bytes.length });
  }

  /** Checks that `count` bytes at `at` exist. */
  require(at: number, count: number): void {
    const end = at + count;
    if (end > this.bytes.length)
      this.fail(Math.min(at, this.bytes.length), `it refers to bytes ${at} to ${end - 1}`);
  }

  spend(count: number, at: number): void {
    this.reads -= count;
    if (this.reads < 0) this.fail(at, "its tables refer to the same data too often");
  }

  uint8(at: number): number {
    this.require(at, 1);
    return this.view.getUint8(at);
  }

  int8(at: number): number {
    this.require(at, 1);
    return this.view.getInt8(at);
  }

  uint16(at: number): number {
    this.require(at, 2);
    return this.view.getUint16(at, true);
  }

  int32(at: number): number {
    this.require(at, 4);
    return this.view.getInt32(at, true);
  }

  uint32(at: number): number {
    this.require(at, 4);
    return this.view.getUint32(at, true);
  }

  float32(at: number): number {
    this.require(at, 4);
    return this.view.getFloat32(at, true);
  }

  uint64(at: number): bigint {
    this.require(at, 8);
    return this.view.getBigUint64(at, true);
  }

  /** Where the offset stored at `at` leads. */
  follow(at: number): number {
    return at + this.uint32(at);
  }

  root(): Table {
    return new Table(this, this.follow(0));
  }
}

/** One table: fields by their index in the schema, each with the schema's default where the file leaves it out. */
export class Table {
  private readonly vtable: number;
  private readonly vtableBytes: number;

  constructor(
    private readonly buffer: FlatBuffer,
    /** Byte offset in the file. */
    readonly at: number,
  ) {
    buffer.spend(1, at);
    this.vtable = at - buffer.int32(at);
    if (this.vtable < 0) buffer.fail(at, `the table at ${at} has its vtable at ${this.vtable}`);
    this.vtableBytes = buffer.uint16(this.vtable);
    if (this.vtableBytes < 4)
      buffer.fail(this.vtable, `the vtable at ${this.vtable} has ${this.vtableBytes} bytes`);
    buffer.require(this.vtable, this.vtableBytes);
  }

  /** Byte offset of a field, or undefined where the file leaves it out. */
  position(field: number): number | undefined {
    const slot = 4 + 2 * field;
    if (slot + 2 > this.vtableBytes) return undefined;
    const offset = this.buffer.uint16(this.vtable + slot);
    return offset === 0 ? undefined : this.at + offset;
  }

  int8(field: number, absent = 0): number {
    const at = this.position(field);
    return at === undefined ? absent : this.buffer.int8(at);
  }

  uint8(field: number, absent = 0): number {
    const at = this.position(field);
    return at === undefined ? absent : this.buffer.uint8(at);
  }

  bool(field: number): boolean {
    return this.uint8(field) !== 0;
  }

  int32(field: number, absent = 0): number {
    const at = this.position(field);
    return at === undefined ? absent : this.buffer.int32(at);
  }

  uint32(field: number, absent = 0): number {
    const at = this.position(field);
    return at === undefined ? absent : this.buffer.uint32(at);
  }

  float32(field: number, absent = 0): number {
    const at = this.position(field);
    return at === undefined ? absent : this.buffer.float32(at);
  }

  uint64(field: number): bigint {
    const at = this.position(field);
    return at === undefined ? 0n : this.buffer.uint64(at);
  }

  table(field: number): Table | undefined {
    const at = this.position(field);
    return at === undefined ? undefined : new Table(this.buffer, this.buffer.follow(at));
  }

  tables(field: number): Table[] {
    const { start, count } = this.vector(field, 4);
    this.buffer.spend(count, start);
    return Array.from(
      { length: count },
      (_, index) => new Table(this.buffer, this.buffer.follow(start + 4 * index)),
    );
  }

  int32s(field: number): Int32Array {
    return this.numbers(field, Int32Array);
  }

  float32s(field: number): Float32Array {
    return this.numbers(field, Float32Array);
  }

  int64s(field: number): BigInt64Array {
    return this.numbers(field, BigInt64Array);
  }

  /** A vector of bytes, not copied; `start` is its offset in the file. Undefined: absent from the file. */
  data(field: number): { readonly bytes: Uint8Array; readonly start: number } | undefined {
    if (this.position(field) === undefined) return undefined;
    const { start, count } = this.vector(field, 1);
    return { bytes: this.buffer.bytes.subarray(start, start + count), start };
  }

  /** Text, `""` where absent; what is not UTF-8 becomes U+FFFD. */
  string(field: number): string {
    const { start, count } = this.vector(field, 1);
    if (count > maxStringBytes)
      this.buffer.fail(start, `the string at ${start} has ${count} bytes, more than ${maxStringBytes}`);
    this.buffer.spend(count, start);
    return new TextDecoder().decode(this.buffer.bytes.subarray(start, start + count));
  }

  private numbers<T>(field: number, Type: { new (...at: any[]): T; readonly BYTES_PER_ELEMENT: number }): T {
    const { start, count } = this.vector(field, Type.BYTES_PER_ELEMENT);
    this.buffer.spend(count, start);
    return elementsOf<T>(Type, this.buffer.bytes, start, count);
  }

  private vector(field: number, elementBytes: number): { start: number; count: number } {
    const at = this.position(field);
    if (at === undefined) return { start: this.at, count: 0 };
    const vector = this.buffer.follow(at);
    const count = this.buffer.uint32(vector);
    this.buffer.require(vector + 4, count * elementBytes);
    return { start: vector + 4, count };
  }
}
