import { addDays, type Day } from "../zone.ts";
import type { Delta } from "./traffic.ts";

/** Bytes moved on one day. */
export interface TrafficOnDay extends Delta {
  readonly day: Day;
}

/**
 * The `count` days up to and with `last`, the oldest first. A day without traffic is there with
 * zeroes; `counted` has each day at most once, in any order.
 */
export function fillDays(
  counted: readonly TrafficOnDay[],
  { last, count }: { readonly last: Day; readonly count: number },
): TrafficOnDay[] {
  const byDay = new Map(counted.map((one) => [one.day, one]));
  return Array.from({ length: count }, (_, place) => {
    const day = addDays(last, place - count + 1);
    return byDay.get(day) ?? { day, uploaded: 0, downloaded: 0 };
  });
}

/** A scale for bytes, from 0 in steps of the same size that people read easily. */
export interface ByteScale {
  /** In bytes: 1, 2 or 5 times a power of ten of one unit. */
  readonly step: number;
  /** From 1. */
  readonly steps: number;
}

/** The scale with the fewest steps, at most four, that holds `mostBytes`. */
export function scaleFor(mostBytes: number): ByteScale {
  const most = Math.max(mostBytes, 1);
  const unit = 1024 ** Math.floor(Math.log2(most) / 10);
  const inUnit = most / unit;
  const power = 10 ** Math.floor(Math.log10(inUnit / 4));
  const factor = [1, 2, 5, 10].find((one) => one * power * 4 >= inUnit) ?? 10;
  // Less than one byte is not moved.
  const step = Math.max(factor * power * unit, 1);
  return { step, steps: Math.max(1, Math.ceil(most / step)) };
}
