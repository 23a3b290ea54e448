/** Names of layers and values as C identifiers: `block0.dw` becomes `block0_dw`. */

const reserved = new Set(
  (
    "auto break case char const continue default do double else enum extern float for goto if inline int long register " +
    "restrict return short signed sizeof static struct switch typedef union unsigned void volatile while"
  ).split(" "),
);

/** Returns a function that gives every name asked for an identifier of its own. */
export function identifiers(): (name: string) => string {
  const taken = new Set<string>();
  return (name) => {
    const wanted = identifier(name);
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
  return reserved.has(word) ? `${word}_layer` : word;
}
