import type { Values } from "../panel-kit/fields.ts";
import { inboundsOf, type Protocol } from "../panel-kit/inbounds.ts";
import { int64Limit } from "../panel-kit/json.ts";
import { Crash, Refusal } from "../panel-kit/refusal.ts";
import type { Status } from "../panel-kit/user.ts";
import type { changedUser, newUser, Proxies, Tags } from "./user-body.ts";
import type { NextPlan, Proxy, User } from "./user.ts";

/** A new user as it was sent. */
export type NewUser = Values<typeof newUser>;
/** A change as it was sent. */
export type ChangedUser = Omit<Values<typeof changedUser>, "status" | "username"> & {
  readonly status: Status | null;
};

/** How messages name a protocol: by its place in the source. */
const protocolNames = {
  vmess: "VMess",
  vless: "VLESS",
  trojan: "Trojan",
  shadowsocks: "Shadowsocks",
} as const;

/** The name of a protocol in the panel's own words. */
export const protocolName = (protocol: Protocol): string => protocolNames[protocol];

/** @throws Refusal 400 for a protocol that the core has no inbound of. */
export function refuseMissing(proxies: Proxies): void {
  const missing = (Object.keys(proxies) as Protocol[]).find(
    (protocol) => inboundsOf(protocol).length === 0,
  );
  if (missing === undefined) return;
  const name = protocolName(missing);
  throw new Refusal(400, `Protocol ProxyTypes.${name} is disabled on your server`);
}

const isOver = (number: number | null): boolean =>
  number !== null && (number >= int64Limit || number < -int64Limit);

/** A number that its column does not hold is an error of the database. @throws Crash. */
function refuseOverflow(...numbers: readonly (number | null)[]): void {
  if (numbers.some(isOver)) throw new Crash("Python int too large to convert to SQLite INTEGER");
}

const refuseOverflows = (given: NewUser | ChangedUser): void =>
  refuseOverflow(given.expire, given.data_limit, given.on_hold_expire_duration);

const excludedFrom = (protocol: string, open: readonly string[]): readonly string[] =>
  inboundsOf(protocol)
    .map(({ tag }) => tag)
    .filter((tag) => !open.includes(tag));

/** Inbounds that were left out are closed: a user without any has no links. */
const proxiesFrom = (proxies: Proxies, open: Tags): readonly Proxy[] =>
  (Object.entries(proxies) as [Protocol, NonNullable<Proxies[Protocol]>][]).map(
    ([type, settings]) => ({ type, settings, excluded: excludedFrom(type, open[type] ?? []) }),
  );

/** A plan without a limit breaks a rule of its table. @throws Refusal 409, as for a taken name. */
function planOf(plan: NewUser["next_plan"]): NextPlan | null {
  if (plan === null) return null;
  const { data_limit } = plan;
  if (data_limit === null) throw new Refusal(409, "User already exists");
  return { ...plan, data_limit };
}

/** Where a new user comes from. */
export interface Origin {
  readonly id: number;
  readonly admin: string | null;
  readonly nowMs: number;
}

/** The row of a new user. @throws Crash, or Refusal 409 for a plan without a limit. */
export function makeUser(given: NewUser, { id, admin, nowMs }: Origin): User {
  refuseOverflows(given);
  return {
    id,
    username: given.username,
    status: given.status ?? "active",
    used_traffic: 0,
    data_limit: given.data_limit || null,
    data_limit_reset_strategy: given.data_limit_reset_strategy,
    expire: given.expire || null,
    admin,
    note: given.note,
    proxies: proxiesFrom(given.proxies, given.inbounds),
    on_hold_expire_duration: given.on_hold_expire_duration,
    onHoldTimeoutMs: given.on_hold_timeout,
    auto_delete_in_days: given.auto_delete_in_days,
    next_plan: planOf(given.next_plan),
    createdMs: nowMs,
    editedMs: null,
    onlineMs: null,
    statusChangedMs: nowMs,
    subUpdatedMs: null,
    subUserAgent: null,
    subRevokedMs: null,
    resets: [],
    hours: [],
    reminders: [],
  };
}

function changeProxies(user: User, proxies: Proxies): readonly Proxy[] {
  if (Object.keys(proxies).length === 0) return user.proxies;
  const kept = user.proxies.flatMap((proxy) => {
    const settings = proxies[proxy.type];
    return settings === undefined ? [] : [{ ...proxy, settings }];
  });
  const isKnown = (type: string) => user.proxies.some((proxy) => proxy.type === type);
  const added = (Object.entries(proxies) as [Protocol, Proxy["settings"]][])
    .filter(([type]) => !isKnown(type))
    .map(([type, settings]) => ({ type, settings, excluded: [] }));
  return [...kept, ...added];
}

const openInbounds = (proxies: readonly Proxy[], open: Tags): readonly Proxy[] =>
  proxies.map((proxy) => {
    const tags = open[proxy.type];
    return tags === undefined ? proxy : { ...proxy, excluded: excludedFrom(proxy.type, tags) };
  });

const forget = (user: User, about: string): User => ({
  ...user,
  reminders: user.reminders.filter((reminder) => !reminder.startsWith(about)),
});

function changeLimit(user: User, limit: number | null): User {
  if (limit === null) return user;
  const changed: User = { ...user, data_limit: limit || null };
  if (changed.status === "expired" || changed.status === "disabled") return changed;
  const { data_limit, used_traffic, status } = changed;
  if (data_limit !== null && used_traffic >= data_limit) return { ...changed, status: "limited" };
  const again = status === "on_hold" ? changed : { ...changed, status: "active" as const };
  const isFar = data_limit === null || (used_traffic * 100) / data_limit < 80;
  return isFar ? forget(again, "percent") : again;
}

/** The first second of which the panel cannot tell the date: in 9999, by the Persian calendar. */
export const firstDatelessSecond = 253_377_590_400;

/**
 * Days until a time. It is counted where an active user's new time is written.
 * @throws Crash where there is no such date: the panel then writes nothing.
 */
export function daysUntil(expire: number, nowMs: number): number {
  if (expire > 253_402_300_799) throw new Crash("year is out of range");
  return Math.floor((expire * 1_000 - nowMs) / 86_400_000);
}

function changeExpiry(user: User, expire: number | null, nowMs: number): User {
  if (expire === null) return user;
  const changed: User = { ...user, expire: expire || null };
  if (changed.status !== "active" && changed.status !== "expired") return changed;
  const isOver = changed.expire !== null && changed.expire <= nowMs / 1_000;
  if (isOver) return { ...changed, status: "expired" };
  const active: User = { ...changed, status: "active" };
  const isFar = active.expire === null || daysUntil(active.expire, nowMs) > 3;
  return isFar ? forget(active, "days") : active;
}

/**
 * What a change makes of a user, in the panel's order: protocols, inbounds, status, limit, time.
 * A next plan that is not sent along is lost.
 * @throws Crash where a number or a date is out of range; nothing is written then.
 */
export function changeUser(user: User, given: ChangedUser, nowMs: number): User {
  refuseOverflows(given);
  const proxies = openInbounds(changeProxies(user, given.proxies), given.inbounds);
  const started: User = { ...user, proxies, status: given.status ?? user.status };
  const timed = changeExpiry(changeLimit(started, given.data_limit), given.expire, nowMs);
  return {
    ...timed,
    note: given.note === null ? user.note : given.note || null,
    data_limit_reset_strategy: given.data_limit_reset_strategy ?? user.data_limit_reset_strategy,
    onHoldTimeoutMs: given.on_hold_timeout ?? user.onHoldTimeoutMs,
    on_hold_expire_duration: given.on_hold_expire_duration ?? user.on_hold_expire_duration,
    next_plan: planOfChange(given.next_plan),
    editedMs: nowMs,
  };
}

/** Here a plan without a limit is an error that nobody handles. @throws Crash. */
function planOfChange(plan: ChangedUser["next_plan"]): NextPlan | null {
  if (plan?.data_limit === null) throw new Crash("NOT NULL constraint failed");
  return planOf(plan);
}
