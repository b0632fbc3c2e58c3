import { condition, setHandler } from "@temporalio/workflow";
import { checkNow } from "./signals.ts";

/** The rests of a loop that tries again and again. */
export interface Rests {
  /** To be called as a try begins, not later: whoever wants a look while one is made wants another one. */
  beginTry(): void;
  /** Rests for so long, or until somebody sends `checkNow`; not at all when it came since the try began. */
  rest(ms: number, summary: string): Promise<void>;
}

/** From now on this run listens for `checkNow`. */
export function listenForCheckNow(): Rests {
  let isWanted = false;
  setHandler(checkNow, () => void (isWanted = true));
  return {
    beginTry: () => void (isWanted = false),
    rest: async (ms, summary) => void (await condition(() => isWanted, ms, { summary })),
  };
}
