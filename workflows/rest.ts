import { condition, setHandler } from "@temporalio/workflow";
import { checkNow } from "./signals.ts";

/**
 * The rests of one run between the tries of its loop; made by `listenForCheckNow`. An operator's
 * signal `checkNow` shortens them.
 */
export interface Rests {
  /** Call it when a try begins, not later: a `checkNow` during a try asks for another one. */
  beginTry(): void;
  /** Rests for `ms` or until `checkNow` comes; not at all when it has come since the try began. */
  rest(ms: number, summary: string): Promise<void>;
}

/** Handles `checkNow` in this run from now on. */
export function listenForCheckNow(): Rests {
  let isWanted = false;
  setHandler(checkNow, () => void (isWanted = true));
  return {
    beginTry: () => void (isWanted = false),
    rest: async (ms, summary) => void (await condition(() => isWanted, ms, { summary })),
  };
}
