import {
  boolean,
  datetime,
  integer,
  lengthOf,
  listOf,
  newUuid,
  oneOf,
  text,
  textOf,
  uuid,
} from "../panel-kit/checks.ts";
import {
  type Check,
  Invalid,
  invalid,
  model,
  nullable,
  optional,
  required,
} from "../panel-kit/fields.ts";
import { newPassword } from "../panel-kit/passwords.ts";
import { Crash } from "../panel-kit/refusal.ts";
import { type Status, statuses, strategies } from "../panel-kit/user.ts";
import type { ProxySettings } from "./user.ts";

// What the bodies of POST and PUT may have, and in which words wrong ones are refused: no more than
// the panel itself checks, in its order.

const methods = [
  "aes-128-gcm",
  "aes-256-gcm",
  "chacha20-ietf-poly1305",
  "xchacha20-poly1305",
] as const;

const emptyToNull: Check<string | null> = (value, earlier) =>
  value === null || value === "" ? null : text(value, earlier);

/** A model whose missing parts are drawn anew each time. */
const drawn =
  <Value>(make: () => Check<Value>): Check<Value> =>
  (value, earlier) =>
    make()(value, earlier);

const vless = drawn(() => model({ id: optional(uuid, newUuid()) }));
const trojan = drawn(() => model({ password: optional(text, newPassword(24)) }));
const shadowsocks = drawn(() =>
  model({
    password: optional(textOf({ min: 22 }), newPassword(24)),
    method: optional(oneOf(methods), "chacha20-ietf-poly1305" as const),
  }),
);

/** 32 bytes in base64, with or without the padding. */
const privateKey: Check<string | null> = (value, earlier) => {
  const key = emptyToNull(value, earlier)?.trim() ?? null;
  if (key === null || /^[A-Za-z0-9+/]{43}=?$/u.test(key)) return key;
  throw invalid("Value error, Invalid private_key.");
};

const wireguard = model({
  private_key: optional(privateKey, null),
  public_key: optional(emptyToNull, null),
  // Addresses are the panel's to give.
  peer_ips: optional((): readonly string[] => [], []),
});
const hysteria = drawn(() => model({ auth: optional(textOf({ min: 1 }), newPassword(24)) }));

/** All protocols; a PUT that names one draws new credentials for the others. */
const proxySettings: Check<ProxySettings> = drawn(() =>
  model({
    vmess: optional(vless, vless({}, {})),
    vless: optional(vless, vless({}, {})),
    trojan: optional(trojan, trojan({}, {})),
    shadowsocks: optional(shadowsocks, shadowsocks({}, {})),
    wireguard: optional(wireguard, wireguard({}, {})),
    hysteria: optional(hysteria, hysteria({}, {})),
  }),
);

/** Credentials for all protocols, as a user without any is given them. */
export const newProxySettings = (): ProxySettings => proxySettings({}, {});

const atLeastZero: Check<number> = (value, earlier) => {
  const number = integer(value, earlier);
  if (number < 0) throw invalid("Input should be greater than or equal to 0");
  return number;
};

const dataLimit = nullable(atLeastZero);

/** The years 1 to 9999, which are all that Python knows. */
const firstMs = -62_135_596_800_000;
const lastMs = 253_402_300_799_999;

/** Seconds since 1970, which have to be a date. */
function secondsToMs(seconds: number): number {
  const ms = seconds * 1_000;
  if (ms >= firstMs && ms <= lastMs) return ms;
  // The platform knows no year beyond 32 bits.
  if (Math.abs(seconds) > 6.7e16) throw new Crash("Value too large for defined data type");
  const isShown = Math.abs(ms) <= 8.64e15;
  const year = isShown ? new Date(ms).getUTCFullYear() : Math.floor(1_970 + seconds / 31_556_952);
  throw invalid(`Value error, year ${year} is out of range`);
}

/**
 * A time in milliseconds since 1970: seconds, or ISO, without a zone in UTC. Zero stays zero and
 * means never.
 */
const time: Check<number> = (value, earlier) => {
  if (value === 0 || value === false) return 0;
  if (value === true) return 1_000;
  if (typeof value === "number" && Number.isInteger(value)) return secondsToMs(value);
  try {
    return datetime(value, earlier);
  } catch (error) {
    if (!(error instanceof Invalid)) throw error;
    throw new Invalid([["datetime", error.message], ...messagesAsInt(value)]);
  }
};

function messagesAsInt(value: unknown): readonly (readonly [string, string])[] {
  try {
    integer(value, {});
    return [];
  } catch (error) {
    return error instanceof Invalid ? [["int", error.message]] : [];
  }
}

/** The same, where a number is a span of seconds from now. */
const timeFromNow =
  (nowMs: number): Check<number | null> =>
  (value, earlier) => {
    if (typeof value === "number" && Number.isInteger(value) && value !== 0) {
      return nowMs + value * 1_000;
    }
    return time(value, earlier) || null;
  };

const longestHoldS = 2_147_483_647;

const holdDuration: Check<number | null> = (value, earlier) => {
  const seconds = atLeastZero(value, earlier);
  if (seconds > longestHoldS) {
    throw invalid(`Input should be less than or equal to ${longestHoldS}`);
  }
  return seconds || null;
};

const nextPlan = model({
  user_template_id: optional(nullable(integer), null),
  data_limit: optional(nullable(integer), null),
  expire: optional(nullable(integer), null),
  add_remaining_traffic: optional(boolean, false),
});

const username: Check<string> = (value, earlier) => {
  const name = text(value, earlier);
  const length = lengthOf(name);
  if (length < 3 || length > 128) {
    throw invalid("Value error, Username only can be 3 to 128 characters.");
  }
  if (!/^[\w@.-]+$/u.test(name)) {
    throw invalid("Value error, Username can only contain alphanumeric characters, -, _, @, and .");
  }
  if (/[-_@.]{2,}/u.test(name)) {
    throw invalid("Value error, Username cannot have consecutive special characters");
  }
  return name;
};

const known = oneOf(statuses);

/** A status that a call may set. */
const statusAmong =
  (allowed: readonly Status[]): Check<Status | null> =>
  (value, earlier) => {
    if (value === null) return null;
    if (!allowed.some((status) => status === value)) {
      const set = allowed.map((status) => `<UserStatus.${status}: '${status}'>`).join(", ");
      throw invalid(`Value error, ('status must be in', {${set}})`);
    }
    if (value === "on_hold" && !earlier["on_hold_expire_duration"]) {
      throw invalid("Value error, User cannot be on hold without a valid on_hold_expire_duration.");
    }
    if (value === "on_hold" && earlier["expire"]) {
      throw invalid("Value error, User cannot be on hold with specified expire.");
    }
    return known(value, earlier);
  };

const groupIds = nullable(listOf(integer));

const someGroupIds: Check<readonly number[]> = (value, earlier) => {
  const ids = groupIds(value, earlier);
  if (ids !== null && ids.length > 0) return ids;
  throw invalid("Value error, you must select at least one group");
};

/** The fields of a new user; a span counts from now. */
export const newUser = (nowMs: number) => ({
  proxy_settings: optional(proxySettings, newProxySettings()),
  expire: optional(nullable(time), null),
  data_limit: optional(dataLimit, null),
  data_limit_reset_strategy: optional(nullable(oneOf(strategies)), null),
  note: optional(nullable(textOf({ max: 500 })), null),
  on_hold_expire_duration: optional(nullable(holdDuration), null),
  on_hold_timeout: optional(nullable(timeFromNow(nowMs)), null),
  // Left out, the user is in no group.
  group_ids: optional(someGroupIds, []),
  auto_delete_in_days: optional(nullable(integer), null),
  hwid_limit: optional(nullable(integer), null),
  next_plan: optional(nullable(nextPlan), null),
  username: required(username),
  status: optional(statusAmong(["on_hold", "active"]), null),
});

/** The fields of a change; null is what is not to change, but for `hwid_limit`. */
export const changedUser = (nowMs: number) => {
  const { username: _username, ...fields } = newUser(nowMs);
  return {
    ...fields,
    proxy_settings: optional(nullable(proxySettings), null),
    group_ids: optional(groupIds, null),
    hwid_limit: optional(nullable(integer), undefined),
    status: optional(statusAmong(["on_hold", "active", "disabled"]), null),
  };
};

/** The body that disables and enables. */
export const toggle = { disabled: required(boolean) };
/** The body of what is done to several users. */
export const selection = {
  ids: optional(
    ((value, earlier) => {
      if (!Array.isArray(value)) throw invalid("Input should be a valid set");
      const ids = listOf(integer)(value, earlier);
      if (ids.length > 0) return ids;
      throw invalid("Value error, you must select at least one user");
    }) satisfies Check<readonly number[]>,
    [] as readonly number[],
  ),
};
