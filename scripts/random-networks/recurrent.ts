/** Moves by layers that remember. */

import * as t from "../../dsl/index.js";
import type { Move } from "./drawer.js";

const lstm: Move = (draw, x) => {
  if (x.shape.length !== 2) return undefined;
  const { random } = draw;
  const units = random.int(1, 6);
  const [steps, features] = x.shape;
  const rows = 4 * units;
  const name = draw.recurrent(
    { weight: [rows, features], recurrent_weight: [rows, units] },
    { cell_scale: 2 ** -random.int(9, 15) },
    rows,
  );
  const cellClip = random.pick([undefined, 0.5, 10]);
  const result = t.lstm(draw.use(x), { ...draw.weights.lstm(name), ...draw.own(), cellClip });
  return { tensor: result, shape: [steps, units] };
};

const svdf: Move = (draw, x) => {
  if (x.shape.length !== 1) return undefined;
  const { random } = draw;
  const [units, rank] = [random.int(1, 6), random.int(1, 3)];
  const filters = units * rank;
  const name = draw.recurrent(
    { weight: [filters, x.shape[0]] },
    { state_scale: 2 ** (-6 - 6 * random.next()) },
    units,
  );
  draw.timeWeights(name, [filters, random.int(1, 5)]);
  const result = t.svdf(draw.use(x), { ...draw.weights.svdf(name), ...draw.own(), rank });
  return { tensor: result, shape: [units] };
};

export const recurrentMoves: Readonly<Record<string, Move>> = { lstm, svdf };
