export { evolve, type EvolutionOptions } from "./evolve.js";
export { frontOf } from "./front.js";
export { paperSettings, type Settings } from "./settings.js";
export { nothingYet, type EvolutionState } from "./state.js";
export { evolutionText } from "./text.js";
export { openCostPool, type CostPool } from "./worker.js";
