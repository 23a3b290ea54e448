/** What is read of the ELF files that the Arm compiler writes: 32 bits, little-endian. */

export interface Section {
  readonly name: string;
  /** SHT_PROGBITS 1, SHT_SYMTAB 2, SHT_STRTAB 3, SHT_NOBITS 8. */
  readonly type: number;
  readonly offset: number;
  readonly bytes: number;
  /** Of a symbol table: the section with its names. */
  readonly link: number;
}

export interface FunctionSymbol {
  readonly address: number;
  readonly name: string;
}

const symtab = 2;
const noBits = 8;
const functionType = 2;
const symbolBytes = 16;

/** @throws an ordinary Error where the file is no such ELF file, or ends early */
export function elfSections(file: Buffer): Section[] {
  if (file.readUInt32BE(0) !== 0x7f454c46 || file[4] !== 1 || file[5] !== 1)
    throw new Error("not an ELF file");
  const [table, size, count, nameSection] = [
    file.readUInt32LE(32),
    file.readUInt16LE(46),
    file.readUInt16LE(48),
    file.readUInt16LE(50),
  ];
  const headers = Array.from({ length: count }, (_, i) => table + i * size);
  const names = file.readUInt32LE(headers[nameSection] + 16);
  return headers.map((at) => ({
    name: textAt(file, names + file.readUInt32LE(at)),
    type: file.readUInt32LE(at + 4),
    offset: file.readUInt32LE(at + 16),
    bytes: file.readUInt32LE(at + 20),
    link: file.readUInt32LE(at + 24),
  }));
}

/** Functions in ascending order; one a place. */
export function elfFunctions(file: Buffer): FunctionSymbol[] {
  const sections = elfSections(file);
  const table = sections.find(({ type }) => type === symtab);
  if (!table) return [];
  const names = sections[table.link].offset;
  const found = new Map<number, string>();
  for (let at = table.offset; at < table.offset + table.bytes; at += symbolBytes) {
    if ((file[at + 12] & 15) !== functionType) continue;
    // Bit 0 says Thumb.
    const address = file.readUInt32LE(at + 4) & ~1;
    if (!found.has(address)) found.set(address, textAt(file, names + file.readUInt32LE(at)));
  }
  return [...found].map(([address, name]) => ({ address, name })).sort((a, b) => a.address - b.address);
}

export interface ObjectSize {
  /** Machine code, bytes. */
  readonly text: number;
  /** Constants, and initial values of variables. */
  readonly rodata: number;
}

/** What an object file takes of flash. */
export function objectSize(file: Buffer): ObjectSize {
  const inFlash = elfSections(file).filter(({ type }) => type !== noBits);
  const sum = (prefixes: readonly string[]): number =>
    inFlash
      .filter(({ name }) => prefixes.some((prefix) => name === prefix || name.startsWith(`${prefix}.`)))
      .reduce((total, { bytes }) => total + bytes, 0);
  return { text: sum([".text"]), rodata: sum([".rodata", ".data", ".ARM.exidx", ".ARM.extab"]) };
}

function textAt(file: Buffer, at: number): string {
  return file.toString("latin1", at, file.indexOf(0, at));
}
