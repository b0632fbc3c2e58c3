import type { Params } from "../params.ts";
import type { State } from "../state.ts";

/** @throws Refusal. */
export type Method = (state: State, params: Params) => unknown;
