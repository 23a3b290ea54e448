/** C of drivers for inputs that are fed: their images wait in the driver, and the network is given row after row. */

import { elementCount, tensorBytes, type Callable, type CallableTensor } from "./callable.js";

/** Inputs that are given row by row, in order. */
export function fedInputs({ inputs }: Pick<Callable, "inputs">): readonly CallableTensor[] {
  return inputs.filter(({ feed }) => feed !== undefined);
}

const types: Partial<Record<CallableTensor["dtype"], string>> = {
  int8: "int8_t",
  uint8: "uint8_t",
  float32: "float",
};

const typeOf = (input: CallableTensor): string => types[input.dtype]!;
/** The array of the fed input with this index. */
export const imageOf = (index: number): string => `driver_image${index}`;
const rowElements = (input: CallableTensor): number => elementCount(input) / input.rows!;

/** Variables outside of functions: an image for every fed input. */
export function images(callable: Callable): string {
  return fedInputs(callable)
    .map((input, index) => `static ${typeOf(input)} ${imageOf(index)}[${elementCount(input)}];\n`)
    .join("");
}

/** Statements that read all inputs of a case: into the arena, or the images. */
export function readInputs(callable: Callable, indent: string): string[] {
  const fed = fedInputs(callable);
  return callable.inputs.map((input) => {
    const to = input.feed ? imageOf(fed.indexOf(input)) : `${input.symbol}(&driver_arena0)`;
    return `${indent}harness_read(${to}, ${tensorBytes(input)});`;
  });
}

/**
 * Feeds all images in turns, each row from a place of its own that the next one overwrites; ends with HARNESS_WRONG_ROWS where the
 * network does not say `true` to the last row of an image, and to no other.
 */
export function feedStrictly(callable: Callable, indent: string): string[] {
  const fed = fedInputs(callable);
  if (fed.length === 0) return [];
  const lines = fed.flatMap((input, index) => {
    const [size, rows] = [rowElements(input), input.rows!];
    return [
      `    if (row < ${rows}) {`,
      `        ${typeOf(input)} values[${size}];`,
      `        memcpy(values, ${imageOf(index)} + row * ${size}, sizeof values);`,
      `        if (${input.symbol}(${arenaArguments(callable)}, values) != (row == ${rows - 1})) {`,
      "            return HARNESS_WRONG_ROWS;",
      "        }",
      "    }",
    ];
  });
  const most = Math.max(...fed.map(({ rows }) => rows!));
  return [`for (int32_t row = 0; row < ${most}; row++) {`, ...lines, "}"].map((line) => indent + line);
}

/** The same as short as can be, to be measured: rows are taken from the image. */
export function feedPlainly(callable: Callable, indent: string): string[] {
  return fedInputs(callable).flatMap((input, index) =>
    eachRow(input, index, `(void)${input.symbol}(${arenaArguments(callable)}, row);`, indent),
  );
}

/** Runs a statement over `row` for every row of the fed input with this index. */
export function eachRow(input: CallableTensor, index: number, statement: string, indent: string): string[] {
  const [size, rows] = [rowElements(input), input.rows!];
  const lines = [
    `for (int32_t driver_row = 0; driver_row < ${rows}; driver_row++) {`,
    `    const ${typeOf(input)} *const row = ${imageOf(index)} + driver_row * ${size};`,
    `    ${statement}`,
    "}",
  ];
  return lines.map((line) => indent + line);
}

function arenaArguments({ arenas }: Callable): string {
  return arenas.map((_, index) => `&driver_arena${index}`).join(", ");
}
