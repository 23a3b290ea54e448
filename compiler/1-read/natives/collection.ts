/** The methods of Map and Set that models can call. */

import { boundElements, chargeElements, type Method, type Methods } from "./method.js";

type Collection = Map<unknown, unknown> | Set<unknown>;

const methods = (names: string): Methods<any> =>
  new Map(names.split(" ").map((name) => [name, method(name)]));

const method = (name: string): Method<Collection> =>
  function (evaluation, target, given) {
    if (name === "set" || name === "add") boundElements(evaluation, target.size + 1, "a collection");
    if (name === "forEach" || name === "clear") chargeElements(evaluation, target.size);
    return (target as any)[name](...given);
  };

export const mapMethods = methods("clear delete entries forEach get has keys set values");
export const setMethods = methods("add clear delete entries forEach has keys values");
