import type { HostFinding } from "../../domain/access/host-report.ts";
import type { PanelAnswer } from "./panel/call.ts";

/** Above this, rights would end at another time than they are shown to end. */
const mostSkewMs = 30_000;

/** What is wrong with the clock of a panel that gave this answer just now. */
export const findClockSkew = ({ date }: Pick<PanelAnswer, "date">): HostFinding[] =>
  date === undefined ? [] : findSkew("the panel", date);

/** What is wrong with the clock of a host that says that it is `then` now. */
export function findSkew(whose: string, then: Date): HostFinding[] {
  const skewMs = then.getTime() - Date.now();
  if (Math.abs(skewMs) <= mostSkewMs) return [];
  const apart = `${Math.round(Math.abs(skewMs) / 1_000)} s ${skewMs > 0 ? "ahead of" : "behind"} ours`;
  const details = `${whose}'s clock is ${apart}: set one of them right (NTP)`;
  return [{ trouble: "clock", details }];
}
