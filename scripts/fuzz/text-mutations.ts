/** Mutations of texts: words, numbers and brackets instead of bits. */

import type { Random } from "../random.js";
import type { Mutation } from "./mutations.js";

/** What the languages of our files are made of, and what they should not meet. */
const words = (
  "( ) [ ] { } < > <= >= == = : ; , . .. ... + - * / % ** & | ^ ! ? ?. => # // /* */ \" ' ` ${ \\ @ ~ 0 1 -1 1e308 1e999 0x 0xffffffffffffffff " +
  "4294967296 9007199254740993 NaN Infinity null undefined true false __proto__ constructor prototype hasOwnProperty import export default const let " +
  "function return for while if else switch break continue class new typeof void await async yield as any satisfies throw try catch this super " +
  "KiB MiB ms uJ MHz sram flash stack latency energy macs MEMORY SECTIONS INCLUDE ORIGIN LENGTH ORIGIN(RAM) LENGTH(RAM) core clock region board power " +
  "network input conv2d dense weights 'descr' 'fortran_order' 'shape' dtype data_offsets __metadata__ F32 I8 \u0000 \ufeff \u2028 é 𝕏 \n \r \t"
).split(" ");

const edit = (
  make: (text: string, random: Random, other: string) => readonly [text: string, done: string],
): Mutation => {
  return (bytes, random, other) => {
    const decode = (data: Uint8Array) => new TextDecoder("latin1").decode(data);
    const [text, done] = make(decode(bytes), random, decode(other));
    return { bytes: Uint8Array.from(Buffer.from(text, "latin1")), done };
  };
};

const latin = (text: string): string => Buffer.from(text, "utf8").toString("latin1");

const insertWord = edit((text, random) => {
  const at = random.below(text.length + 1);
  const word = latin(random.pick(words));
  return [text.slice(0, at) + random.pick(["", " "]) + word + text.slice(at), `"${word}" at ${at}`];
});

/** Words, numbers, or single signs. */
const tokens = (text: string): RegExpMatchArray[] => [...text.matchAll(/\w+|[^\s\w]/g)];

const replaceToken = edit((text, random) => {
  const found = random.pick(tokens(text));
  if (!found) return [text, "nothing"];
  const word = latin(random.pick(words));
  const { index = 0 } = found;
  const rest = text.slice(index + found[0].length);
  return [text.slice(0, index) + word + rest, `"${found[0]}" at ${index} -> "${word}"`];
});

const exchangeTokens = edit((text, random) => {
  const all = tokens(text);
  const [a, b] = [random.pick(all), random.pick(all)];
  if (!a || a.index === b.index) return [text, "nothing"];
  const [first, second] = a.index! < b.index! ? [a, b] : [b, a];
  const between = text.slice(first.index! + first[0].length, second.index);
  const rest = text.slice(second.index! + second[0].length);
  return [
    text.slice(0, first.index) + second[0] + between + first[0] + rest,
    `"${first[0]}" and "${second[0]}" exchanged`,
  ];
});

const changeNumber = edit((text, random) => {
  const found = random.pick([...text.matchAll(/\d+(\.\d+)?/g)]);
  if (!found) return [text, "nothing"];
  const large = [1e3, 65536, 1e6, 2 ** 31, 2 ** 32, 2 ** 53, 1e15, 1e21, 1e300, 0, 0.5, -1, 1e-9];
  const value = String(random.pick([random.pick(large), Number(found[0]) + 1, random.below(100)]));
  const rest = text.slice(found.index + found[0].length);
  return [text.slice(0, found.index) + value + rest, `${found[0]} at ${found.index} -> ${value}`];
});

const deletePart = edit((text, random) => {
  const at = random.below(text.length);
  const length = random.int(1, random.pick([1, 8, 100]));
  return [text.slice(0, at) + text.slice(at + length), `${length} characters at ${at} deleted`];
});

const repeatPart = edit((text, random) => {
  const at = random.below(text.length);
  const part = text.slice(at, at + random.int(1, random.pick([1, 4, 60])));
  const count = random.pick([2, 3, 30, Math.floor(20_000 / part.length)]);
  return [text.slice(0, at) + part.repeat(count) + text.slice(at), `"${part}" at ${at}, ${count} times`];
});

const nest = edit((text, random) => {
  const [open, close] = random.pick(["()", "[]", "{}", '"', "-"].map((pair) => [pair[0], pair[1] ?? ""]));
  const depth = random.pick([3, 60, 300, 5000]);
  const at = random.below(text.length + 1);
  const end = random.chance(0.5) ? close.repeat(depth) : "";
  return [
    text.slice(0, at) + open.repeat(depth) + end + text.slice(at),
    `${depth} nested "${open}" at ${at}`,
  ];
});

const spliceText = edit((text, random, other) => {
  const [at, from] = [random.below(text.length), random.below(other.length)];
  const part = other.slice(from, from + random.int(1, random.pick([20, 200, other.length])));
  return [text.slice(0, at) + part + text.slice(at), `${part.length} characters of another file at ${at}`];
});

export const textMutations: readonly Mutation[] = [
  insertWord,
  insertWord,
  replaceToken,
  replaceToken,
  exchangeTokens,
  changeNumber,
  changeNumber,
  deletePart,
  repeatPart,
  nest,
  spliceText,
];
