/** What `state_dict()` of an exported module has, read off its text: names and shapes in the order of the constructors. */

/** By name. `num_batches_tracked`, which is not saved, is left out. */
export function stateDict(text: string): Map<string, readonly number[]> {
  const state = new Map<string, readonly number[]>();
  for (const [, path, name, args] of text.matchAll(/^ {8}self([^ ]+) = ([\w.]+)\((.*)\)$/gm)) {
    const module = path
      .replace(/\["(.*?)"\]/g, ".$1")
      .replace(/\[(\d+)\]/g, ".$1")
      .slice(1);
    for (const [tensor, shape] of tensors(name.replace(/^nn\./, ""), args))
      state.set(tensor === "" ? module : `${module}.${tensor}`, shape);
  }
  return state;
}

function tensors(name: string, text: string): [string, readonly number[]][] {
  if (name === "Group") return [];
  if (name === "Parameter") return [["", JSON.parse(list(/zeros\((.*)\)/.exec(text)![1]))]];
  const named = Object.fromEntries(
    [...text.matchAll(/(\w+)=((?:\(.*?\)|[^,])+)/g)].map(([, key, value]) => [key, value]),
  );
  const [a, b, kernel] = JSON.parse(`[${list(text.replace(/, \w+=.*/, ""))}]`);
  if (name.includes("BatchNorm"))
    return ["weight", "bias", "running_mean", "running_var"].map((tensor) => [tensor, [a]]);
  const window = Array.isArray(kernel) ? kernel : [kernel, kernel];
  const groups = Number(named.groups ?? 1);
  const shape = name.includes("Linear")
    ? [b, a]
    : name.includes("ConvTranspose")
      ? [a, b, ...window]
      : [b, a / groups, ...window];
  return [["weight", shape], ...(named.bias === "False" ? [] : [["bias", [b]] as [string, number[]]])];
}

const list = (tuple: string): string => tuple.replace(/,?\)/g, "]").replace(/\(/g, "[");
