import type { HostId } from "../ids.ts";
import { hourMs, type Instant, minuteMs, secondMs } from "../time.ts";

/** Why a host's devices move: it is to be emptied, or it is lost for good. */
export type HostMigrationKind = "drain" | "lost";

/**
 * ```
 * running ── nobody is left ─▶ done
 * running ── aborted ─▶ aborting ── what was not finished is taken back ─▶ aborted
 * ```
 */
export const hostMigrationStates = ["running", "aborting", "done", "aborted"] as const;
/** One of `hostMigrationStates`. */
export type HostMigrationState = (typeof hostMigrationStates)[number];

/** Devices per minute, where nothing else is asked for. */
export const usualRatePerMinute = 60;
/** The highest rate: each device is a message to its owner and a change of two hosts. */
export const mostPerMinute = 1_200;

/**
 * How long the old key works beside the new one: apps fetch a link twice a day, and people read
 * their messages the next morning.
 */
export const migrationOverlapMs = 24 * hourMs;

/** Devices in one transaction, where the host is lost and nobody is to wait. */
export const mostAtOnce = 100;

/** How many devices are moved at once, and how often, so that they are `ratePerMinute`. */
export function batchesOf(ratePerMinute: number): {
  readonly size: number;
  readonly everyMs: number;
} {
  const perTenSeconds = Math.floor((ratePerMinute * 10 * secondMs) / minuteMs);
  const size = Math.min(mostAtOnce, Math.max(1, perTenSeconds));
  return { size, everyMs: Math.ceil((size * minuteMs) / ratePerMinute) };
}

/** The pause before room is looked for again, longer each time; `tries` is how often there was none. */
export const roomPauseMs = (tries: number): number =>
  Math.min(5 * minuteMs, minuteMs * 2 ** Math.max(0, tries - 1));

/** What a workflow is started with that moves the devices of a host. */
export interface HostMigrationRef {
  readonly migrationId: string;
  readonly hostId: HostId;
  /** The host's name. */
  readonly host: string;
}

/** What one step of a migration came to; numbers are of devices. */
export type HostMigrationStep =
  /** More follow at `next`. */
  | {
      readonly kind: "moving";
      readonly moved: number;
      readonly left: number;
      readonly next: Instant;
    }
  /** No other host has room for those that are left. */
  | { readonly kind: "waits"; readonly moved: number; readonly left: number }
  | { readonly kind: "ended"; readonly state: "done" | "aborted"; readonly moved: number };
