import { hourMs, minuteMs } from "../domain/time.ts";
import type { Texts } from "./index.ts";

/** Above so many hours nobody counts minutes. */
const exactBelowHours = 24;

/** How long something took, never more than it did, but for less than a minute. */
export function durationIn({ access }: Texts, ms: number): string {
  const hours = Math.floor(ms / hourMs);
  const minutes = Math.floor((ms % hourMs) / minuteMs);
  if (hours === 0) return access.maintenance.duration(0, Math.max(1, minutes));
  return access.maintenance.duration(hours, hours < exactBelowHours ? minutes : 0);
}
