import type { Step, Trouble } from "./fixture.ts";

/**
 * Makes an emulator fail the next call; `changes` names the call
 * with which a step changes something.
 */
export function callFaults(
  changes: Readonly<Partial<Record<Step, string>>>,
  refusal: { readonly code: number | string; readonly name: string },
) {
  const times = { times: 1 };
  return (step: Step, trouble: Trouble) => {
    switch (trouble) {
      case "lost":
        return { kind: "timeout-after-success", method: changes[step], hold_ms: 5, ...times };
      case "429":
        return { kind: trouble, retry_after: 7, ...times };
      case "dropped":
        return { kind: "drop-connection", ...times };
      case "refused":
        // A lookup before a change has not refused the change.
        return { kind: "refuse", method: changes[step], ...refusal, ...times };
      case "500":
      case "502":
        return { kind: trouble, ...times };
    }
  };
}
