/** Counts the bytes of typed arrays that are made: they lie outside of the heap that Node limits. */

/** What one input may allocate, in all. */
export const mostBytes = 256 << 20;

export class TooMuchMemory extends Error {}

let allocated = 0;

export function startCounting(): void {
  allocated = 0;
}

function count(bytes: number): void {
  allocated += bytes;
  if (allocated > mostBytes)
    throw new TooMuchMemory(`${allocated} bytes of arrays; expected at most ${mostBytes}`);
}

/**
 * Replaces the constructors by ones that count, before they allocate. To be called before the compiler's modules are
 * loaded, since some keep the constructors in tables.
 */
export function countAllocations(): void {
  const names = [
    "Int8Array",
    "Uint8Array",
    "Int16Array",
    "Uint16Array",
    "Int32Array",
    "Uint32Array",
    "Float32Array",
    "Float64Array",
    "BigInt64Array",
  ] as const;
  const scope = globalThis as unknown as Record<string, new (...args: unknown[]) => object>;
  for (const name of names) {
    const { BYTES_PER_ELEMENT: size } = scope[name] as unknown as { BYTES_PER_ELEMENT: number };
    scope[name] = new Proxy(scope[name], {
      construct(target, args, newTarget) {
        const [first] = args;
        if (typeof first === "number") count(first * size);
        else if (Array.isArray(first) || ArrayBuffer.isView(first)) count((first as unknown[]).length * size);
        return Reflect.construct(target, args, newTarget);
      },
    });
  }
  scope.ArrayBuffer = new Proxy(scope.ArrayBuffer, {
    construct(target, args, newTarget) {
      count(Number(args[0]) || 0);
      return Reflect.construct(target, args, newTarget);
    },
  });
}
