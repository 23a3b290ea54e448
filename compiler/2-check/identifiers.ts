/** Names of layers and values as C identifiers: `block0.dw` becomes `block0_dw`. */

import { isTakenInC } from "../targets/c-names.js";

/**
 * Returns a function that gives every name asked for an identifier of its own.
 * @param network whose public functions, types and macros (`kws_run`, `kws_arena`, `KWS_INPUT_X_SCALE`) keep their names
 */
export function identifiers(network?: string): (name: string) => string {
  const taken = new Set<string>();
  const published = new RegExp(`^${network}_(arena|run|reset|feed|input|output)(_|$)`, "i");
  return (name) => {
    const word = identifier(name);
    const wanted = network !== undefined && published.test(word) ? `layer_${word}` : word;
    let free = wanted;
    for (let count = 2; taken.has(free); count++) free = `${wanted}_${count}`;
    taken.add(free);
    return free;
  };
}

function identifier(name: string): string {
  // Leading underscores belong to the C implementation.
  const word = name.replace(/[^A-Za-z0-9]+/g, "_").replace(/^_+|_+$/g, "");
  if (word === "" || /^[0-9]/.test(word)) return `layer_${word}`.replace(/_$/, "");
  return isTakenInC(word) ? `${word}_layer` : word;
}
