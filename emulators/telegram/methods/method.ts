import type { Call } from "../params.ts";
import type { State } from "../state.ts";

/**
 * One method of the Bot API. What it returns is the answer's `result`;
 * it throws a `Refusal` to say no.
 */
export type Method = (state: State, call: Call) => unknown;

/** Methods by their names. */
export type Methods = Readonly<Record<string, Method>>;

/** A method under the name that Telegram documents. */
export interface NamedMethod {
  readonly name: string;
  readonly run: Method;
}

/**
 * All methods, by their names in lower case.
 * @throws Error when two have the same name: one of them would never be called.
 */
export function collectMethods(groups: readonly Methods[]): ReadonlyMap<string, NamedMethod> {
  const byName = new Map<string, NamedMethod>();
  for (const [name, run] of groups.flatMap((group) => Object.entries(group))) {
    const key = name.toLowerCase();
    if (byName.has(key)) throw new Error(`two methods are named ${name}`);
    byName.set(key, { name, run });
  }
  return byName;
}
