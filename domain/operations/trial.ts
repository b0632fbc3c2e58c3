import { dayMs, hourMs, minuteMs, secondMs } from "../time.ts";

const longestTrialMs = 3_660 * dayMs;
const units = { d: dayMs, h: hourMs, m: minuteMs, s: secondMs } as const;

const durationWords = {
  d: /^(?:|d|days?|д|дн|день|дня|дней)$/u,
  h: /^(?:h|hours?|ч|час|часа|часов)$/u,
  m: /^m$/u,
  s: /^s$/u,
} as const;

/** `3d`, `12h`, `3 days`, `12 часов`; a bare number is days. Undefined for anything else. */
export function parseTrial(text: string): string | undefined {
  const [, digits, word = ""] = /^(\d{1,9})\s*(\p{L}*)\.?$/u.exec(text.toLowerCase()) ?? [];
  const unit = (["d", "h", "m", "s"] as const).find((one) => durationWords[one].test(word));
  if (digits === undefined || unit === undefined) return undefined;
  const ms = Number(digits) * units[unit];
  return ms > 0 && ms <= longestTrialMs ? `${Number(digits)}${unit}` : undefined;
}

/** How long a trial is, as the setting is stored; 0: there is none. */
export function trialMs(value: string): number {
  const [, count = "0", unit = "d"] = /^(\d+)([dhms])$/u.exec(value) ?? [];
  return Number(count) * units[unit as keyof typeof units];
}
