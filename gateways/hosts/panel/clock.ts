import type { PanelAnswer } from "./call.ts";

/** Above this, rights would end at another time than they are shown to end. */
const mostSkewMs = 30_000;

/** What is wrong with the clock of a panel that gave this answer just now, in words. */
export function warnAboutClock({ date }: Pick<PanelAnswer, "date">): string[] {
  const skewMs = date === undefined ? 0 : date.getTime() - Date.now();
  if (Math.abs(skewMs) <= mostSkewMs) return [];
  const apart = `${Math.round(Math.abs(skewMs) / 1_000)} s ${skewMs > 0 ? "ahead of" : "behind"} ours`;
  return [`the panel's clock is ${apart}: set one of them right (NTP)`];
}
