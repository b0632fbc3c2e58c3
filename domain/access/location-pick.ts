import type { LocationId } from "../ids.ts";
import type { Location } from "./location.ts";

/** What a customer's pick for a device meets. */
export interface PickFacts {
  /** Undefined: any. */
  readonly pick: LocationId | undefined;
  /** The pick that the device has. */
  readonly before: LocationId | undefined;
  /** What is offered to its customer. */
  readonly offered: readonly Location[];
  /** The host of its access; undefined: it waits for one. */
  readonly host: { readonly location: LocationId | undefined } | undefined;
  /** How often its customer has moved it in the last 24 hours, and how often they may. */
  readonly moves: number;
  readonly mostMoves: number;
}

/**
 * What comes of a pick: it is `notOffered` any more; the device `waits` there; it is there already,
 * as before (`same`) or from now on (`stays`); it has moved too often (`limit`); or it is to `move`.
 */
export type PickDecision = "notOffered" | "waits" | "same" | "stays" | "limit" | "move";

/** Decides what comes of a pick. Any is where a device is: it moves for a place alone. */
export function decidePick({ pick, before, host, ...facts }: PickFacts): PickDecision {
  const isOffered = pick === undefined || facts.offered.some(({ id }) => id === pick);
  if (!isOffered) return "notOffered";
  if (host === undefined) return "waits";
  const isThere = pick === undefined || host.location === pick;
  if (isThere) return before === pick ? "same" : "stays";
  return facts.moves >= facts.mostMoves ? "limit" : "move";
}
