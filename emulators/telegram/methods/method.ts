import type { Call } from "../params.ts";
import type { State } from "../state.ts";

/**
 * One method of the Bot API. What it returns is the answer's `result`; it throws a `Refusal` to say
 * no.
 */
export type Method = (state: State, call: Call) => unknown;

/** Methods by their names. */
export type Methods = Readonly<Record<string, Method>>;
