import type { Params } from "../params.ts";
import type { World } from "../world.ts";

/** Throws a `Refusal`. */
export type Method = (world: World, params: Params) => unknown;
