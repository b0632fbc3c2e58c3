import type { Values } from "../panel-kit/fields.ts";
import { int64Limit } from "../panel-kit/json.ts";
import { Crash } from "../panel-kit/refusal.ts";
import type { Status } from "../panel-kit/user.ts";
import { type changedUser, type newUser, newProxySettings } from "./user-body.ts";
import {
  enabledStatus,
  isOverLimit,
  isOverTime,
  type NextPlan,
  type User,
  withReset,
} from "./user.ts";

/** A new user as it was sent. */
export type NewUser = Values<ReturnType<typeof newUser>>;
/** A change as it was sent. */
export type ChangedUser = Values<ReturnType<typeof changedUser>>;

const isOver = (number: number | null | undefined): boolean => Math.abs(number ?? 0) >= int64Limit;

/** @throws Crash: the database does not hold one of the numbers. */
export function refuseOverflow(...numbers: readonly (number | null | undefined)[]): void {
  if (numbers.some(isOver)) throw new Crash("Python int too large to convert to SQLite INTEGER");
}

const planOf = (plan: NewUser["next_plan"]): NextPlan | null =>
  plan === null ? null : { ...plan, data_limit: plan.data_limit ?? 0 };

/** Where a new user comes from. */
export interface Origin {
  readonly id: number;
  readonly adminId: number;
  readonly groupIds: readonly number[];
  readonly nowMs: number;
}

/** The row of a new user; a limit of 0 is kept as it is. @throws Crash. */
export function makeUser(given: NewUser, { id, adminId, groupIds, nowMs }: Origin): User {
  refuseOverflow(given.data_limit, given.hwid_limit);
  return {
    id,
    username: given.username,
    status: given.status ?? "active",
    used_traffic: 0,
    data_limit: given.data_limit,
    data_limit_reset_strategy: given.data_limit_reset_strategy ?? "no_reset",
    expireMs: given.expire || null,
    adminId,
    note: given.note,
    proxy_settings: given.proxy_settings,
    group_ids: groupIds,
    on_hold_expire_duration: given.on_hold_expire_duration,
    onHoldTimeoutMs: given.on_hold_timeout,
    auto_delete_in_days: given.auto_delete_in_days,
    hwid_limit: given.hwid_limit,
    next_plan: planOf(given.next_plan),
    devices: [],
    createdMs: nowMs,
    editedMs: null,
    onlineMs: null,
    statusChangedMs: nowMs,
    subRevokedMs: null,
    resets: [],
    hours: [],
    reminders: [],
  };
}

const forget = (user: User, about: string): User => ({
  ...user,
  reminders: user.reminders.filter((reminder) => !reminder.startsWith(about)),
});

function changeStatus(user: User, status: Status | null, nowMs: number): User {
  if (status === null) return user;
  const isEnabled = status === "active" && user.status === "disabled";
  return { ...user, status: isEnabled ? enabledStatus(user, nowMs) : status };
}

function changeExpiry(user: User, given: ChangedUser, nowMs: number): User {
  if (given.status === "on_hold") return forget({ ...user, expireMs: null }, "days");
  if (given.expire === null) return user;
  const changed: User = { ...user, expireMs: given.expire || null };
  if (given.expire === 0) {
    const status = changed.status === "expired" ? "active" : changed.status;
    return forget({ ...changed, status }, "days");
  }
  if (changed.status !== "active" && changed.status !== "expired") return changed;
  if (isOverTime(changed, nowMs)) return { ...changed, status: "expired" };
  return forget({ ...changed, status: "active" }, "days");
}

function changeLimit(user: User, limit: number | null): User {
  if (limit === null) return user;
  const changed: User = { ...user, data_limit: limit || null };
  if (changed.status === "expired" || changed.status === "disabled") return changed;
  if (isOverLimit(changed)) return { ...changed, status: "limited" };
  const status = changed.status === "on_hold" ? "on_hold" : "active";
  return forget({ ...changed, status }, "percent");
}

/**
 * What a change makes of a user, in the panel's order: credentials, groups, status, time, limit. A
 * next plan that is not sent along is lost. Who has ever been on hold, and was disabled, is on hold
 * again, whatever time was sent.
 * @throws Crash where a number is out of range.
 */
export function changeUser(
  user: User,
  given: ChangedUser,
  groupIds: readonly number[] | null,
  nowMs: number,
): User {
  refuseOverflow(given.data_limit, given.hwid_limit);
  const peer_ips = user.proxy_settings.wireguard.peer_ips;
  const settings = given.proxy_settings;
  const opened: User = {
    ...user,
    proxy_settings:
      settings === null
        ? user.proxy_settings
        : { ...settings, wireguard: { ...settings.wireguard, peer_ips } },
    group_ids: groupIds ?? user.group_ids,
  };
  const started = changeStatus(opened, given.status, nowMs);
  const limited = changeLimit(changeExpiry(started, given, nowMs), given.data_limit);
  return {
    ...limited,
    note: given.note === null ? user.note : given.note || null,
    data_limit_reset_strategy: given.data_limit_reset_strategy ?? user.data_limit_reset_strategy,
    onHoldTimeoutMs: given.on_hold_timeout ?? user.onHoldTimeoutMs,
    on_hold_expire_duration: given.on_hold_expire_duration ?? user.on_hold_expire_duration,
    hwid_limit: given.hwid_limit === undefined ? user.hwid_limit : given.hwid_limit,
    next_plan: planOf(given.next_plan),
    editedMs: nowMs,
  };
}

/** A reset makes limited users active, and leaves all others as they are. */
export const resetUsage = (user: User, nowMs: number): User =>
  forget(
    { ...withReset(user, nowMs), status: user.status === "limited" ? "active" : user.status },
    "percent",
  );

/** A user on their next plan. */
export function startNextPlan(user: User, nowMs: number): User {
  const plan = user.next_plan;
  if (plan === null) return user;
  const left = plan.add_remaining_traffic ? (user.data_limit ?? 0) - user.used_traffic : 0;
  return {
    ...forget(withReset(user, nowMs), "percent"),
    status: "active",
    data_limit: plan.data_limit + left,
    expireMs: plan.expire ? nowMs + plan.expire * 1_000 : null,
  };
}

/** New credentials, and links from before are no longer good. */
export function revoke(user: User, nowMs: number): User {
  const fresh = newProxySettings();
  const { shadowsocks, wireguard } = user.proxy_settings;
  return {
    ...user,
    subRevokedMs: nowMs,
    proxy_settings: {
      ...fresh,
      shadowsocks: { ...fresh.shadowsocks, method: shadowsocks.method },
      wireguard: { ...fresh.wireguard, peer_ips: wireguard.peer_ips },
    },
  };
}
