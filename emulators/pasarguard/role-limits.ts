import { Refusal } from "../panel-kit/refusal.ts";
import type { Role } from "./roles.ts";

/** A number as Python prints a rounded float. */
const asFloat = (number: number): string => {
  const rounded = Math.round(number * 100) / 100;
  return Number.isInteger(rounded) ? `${rounded}.0` : String(rounded);
};

const sizeNames = ["B", "KB", "MB", "GB", "TB", "PB"];

/** Bytes in words. */
export function readableSize(bytes: number): string {
  if (bytes <= 0) return "0 B";
  const power = Math.floor(Math.log(bytes) / Math.log(1_024));
  return `${asFloat(bytes / 1_024 ** power)} ${sizeNames[power] ?? ""}`;
}

const durations: readonly (readonly [name: string, seconds: number])[] = [
  ["year", 31_536_000],
  ["month", 2_592_000],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
  ["second", 1],
];

/** Seconds in words, by the largest unit that fits. */
export function readableDuration(seconds: number): string {
  const [name, unit] = durations.find(([, size]) => seconds >= size) ?? ["second", 1];
  const amount = seconds / unit;
  if (!Number.isInteger(amount)) return `${amount.toFixed(2)} ${name}s`;
  return `${amount} ${name}${amount === 1 ? "" : "s"}`;
}

/** What a call wants of a user, and which of it must not be without a limit. */
export interface Wanted {
  readonly data_limit?: number | null | undefined;
  /** Seconds since 1970; 0 and null: never. */
  readonly expireMs?: number | null | undefined;
  readonly hwid_limit?: number | null | undefined;
  readonly data_limit_reset_strategy?: string | null | undefined;
  readonly next_plan?: object | null | undefined;
  readonly needsDataLimit: boolean;
  readonly needsExpire: boolean;
  readonly needsHwidLimit: boolean;
}

const refuse = (message: string): never => {
  throw new Refusal(400, message);
};

function checkDataLimit({ limits }: Role, { data_limit: bytes = null, needsDataLimit }: Wanted) {
  const { data_limit_min: min, data_limit_max: max } = limits;
  const isEndless = bytes === null || bytes <= 0;
  if (max !== null && needsDataLimit && isEndless) {
    refuse(`Data limit cannot be unlimited; maximum is ${readableSize(max)}`);
  }
  if (isEndless) return;
  if (min !== null && bytes < min) refuse(`Data limit must be at least ${readableSize(min)}`);
  if (max !== null && bytes > max) refuse(`Data limit cannot exceed ${readableSize(max)}`);
}

function checkExpire({ limits }: Role, { expireMs = null, needsExpire }: Wanted, nowMs: number) {
  const { expire_min: min, expire_max: max } = limits;
  const isEndless = expireMs === null || expireMs === 0;
  if (max !== null && needsExpire && isEndless) {
    refuse(`Expire cannot be unlimited; maximum is ${readableDuration(max)} from now`);
  }
  if (isEndless) return;
  const seconds = (expireMs - nowMs) / 1_000;
  if (min !== null && seconds < min) {
    refuse(`Expire must be at least ${readableDuration(min)} from now`);
  }
  if (max !== null && seconds > max) {
    refuse(`Expire cannot exceed ${readableDuration(max)} from now`);
  }
}

function checkHwidLimit({ limits }: Role, { hwid_limit: limit = null, needsHwidLimit }: Wanted) {
  const { min_hwid_per_user: min, max_hwid_per_user: max } = limits;
  if (max !== null && needsHwidLimit && (limit === null || limit <= 0)) {
    refuse(`HWID limit cannot be unlimited; maximum is ${max}`);
  }
  if (limit === null) return;
  if (min !== null && limit < min) refuse(`HWID limit must be at least ${min}`);
  if (max !== null && limit > max) refuse(`HWID limit cannot exceed ${max}`);
}

/**
 * Holds what a role's administrators may give to their users. Limits are a 400, features a 403.
 * @throws Refusal.
 */
export function enforceLimits(by: Role, wanted: Wanted, nowMs: number): void {
  if (by.is_owner) return;
  checkDataLimit(by, wanted);
  checkExpire(by, wanted, nowMs);
  checkHwidLimit(by, wanted);
  const { data_limit_reset_strategy: strategy = null, next_plan = null } = wanted;
  const { can_use_reset_strategy, can_use_next_plan } = by.features;
  if (strategy !== null && strategy !== "no_reset" && !can_use_reset_strategy) {
    throw new Refusal(403, "Reset strategy is not allowed for your role");
  }
  if (next_plan !== null && !can_use_next_plan) {
    throw new Refusal(403, "Next plan is not allowed for your role");
  }
}

/** @throws Refusal 400 when a role's administrator has as many users as it allows. */
export function enforceMaxUsers(by: Role, count: () => number): void {
  const { max_users: max } = by.limits;
  if (!by.is_owner && max !== null && count() >= max) refuse(`User limit reached (${max})`);
}

/** For roles that make users of templates alone. @throws Refusal 403. */
export function enforceManualWrites(by: Role): void {
  if (by.is_owner || !by.access.require_template) return;
  throw new Refusal(403, "Manual user create/modify is not allowed for your role");
}
