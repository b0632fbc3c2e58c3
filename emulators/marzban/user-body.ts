import {
  boolean,
  integer,
  lengthOf,
  listOf,
  newUuid,
  oneOf,
  text,
  uuid,
  wallTime,
} from "../panel-kit/checks.ts";
import {
  type Check,
  type Earlier,
  invalid,
  isObject,
  model,
  nullable,
  optional,
  readShape,
  required,
} from "../panel-kit/fields.ts";
import {
  type Credential,
  inbounds,
  inboundsOf,
  type Protocol,
  protocols,
} from "../panel-kit/inbounds.ts";
import { newPassword } from "../panel-kit/passwords.ts";
import { Crash } from "../panel-kit/refusal.ts";
import { strategies } from "../panel-kit/user.ts";

// What the bodies of POST and PUT may have, and in which words wrong ones are refused: no more than
// the panel itself checks, in its order.

const flow = oneOf(["", "xtls-rprx-vision"]);
const method = oneOf(["aes-128-gcm", "aes-256-gcm", "chacha20-ietf-poly1305"]);

/** The classes that messages of the panel name. */
const settingsNames = {
  vmess: "VMessSettings",
  vless: "VLESSSettings",
  trojan: "TrojanSettings",
  shadowsocks: "ShadowsocksSettings",
} as const;

function readSettings(protocol: Protocol, given: unknown): Credential {
  if (!isObject(given)) {
    const name = settingsNames[protocol];
    throw invalid(`Input should be a valid dictionary or instance of ${name}`);
  }
  switch (protocol) {
    case "vmess":
      return readShape({ id: optional(uuid, newUuid()) }, given);
    case "vless":
      return readShape({ id: optional(uuid, newUuid()), flow: optional(flow, "") }, given);
    case "trojan":
      return readShape(
        { password: optional(text, newPassword(16)), flow: optional(flow, "") },
        given,
      );
    case "shadowsocks":
      return readShape(
        {
          password: optional(text, newPassword(16)),
          method: optional(method, "chacha20-ietf-poly1305"),
        },
        given,
      );
  }
}

/** A user's protocols with their credentials. */
export type Proxies = Readonly<Partial<Record<Protocol, Credential>>>;

/** What is not an object breaks the panel, as it relies on one. @throws Crash. */
const anyProxies: Check<Proxies> = (value) => {
  if (!isObject(value)) throw new Crash("proxies are not an object");
  const read = Object.entries(value).map(([name, settings]) => {
    const protocol = protocols.find((known) => known === name);
    if (protocol === undefined) throw invalid(`Value error, '${name}' is not a valid ProxyTypes`);
    return [protocol, readSettings(protocol, settings)] as const;
  });
  return Object.fromEntries(read);
};

const proxiesOfNew: Check<Proxies> = (value, earlier) => {
  const isEmpty = !value || (typeof value === "object" && Object.keys(value).length === 0);
  if (isEmpty) throw invalid("Value error, Each user needs at least one proxy");
  return anyProxies(value, earlier);
};

/** The inbounds that are open to a user, by protocol. */
export type Tags = Readonly<Record<string, readonly string[]>>;

function checkTags(tags: unknown): void {
  if (typeof tags !== "string" && !Array.isArray(tags)) throw new Crash("tags are not a list");
  const unknown = Array.from(tags).find((tag) => !inbounds.some((inbound) => inbound.tag === tag));
  if (unknown !== undefined) {
    throw invalid(`Value error, Inbound ${String(unknown)} doesn't exist`);
  }
}

const tagList = listOf(text);

function readTags(value: unknown): Tags {
  if (!isObject(value)) throw invalid("Input should be a valid dictionary");
  const read = Object.entries(value).map(([name, tags]) => {
    if (!protocols.some((protocol) => protocol === name)) {
      throw invalid("Input should be 'vmess', 'vless', 'trojan' or 'shadowsocks'", "[key]");
    }
    return [name, tagList(tags, {})] as const;
  });
  return Object.fromEntries(read);
}

/** Without tags a protocol gets all of its inbounds; protocols that are not the user's drop out. */
const inboundsOfNew: Check<Tags> = (value, earlier) => {
  if (!isObject(value)) throw new Crash("inbounds are not an object");
  const proxies = Object.keys(earlier["proxies"] ?? {});
  const opened = proxies.map((protocol) => {
    const tags = value[protocol];
    const isEmpty = !tags || (Array.isArray(tags) && tags.length === 0);
    if (isEmpty) return [protocol, inboundsOf(protocol).map(({ tag }) => tag)] as const;
    checkTags(tags);
    return [protocol, tags] as const;
  });
  return readTags(Object.fromEntries(opened));
};

const inboundsOfChanged: Check<Tags> = (value) => {
  if (isObject(value)) for (const tags of Object.values(value)) checkTags(tags);
  return readTags(value);
};

const atLeastZero: Check<number> = (value) => {
  if (value === null || (typeof value !== "number" && typeof value !== "boolean")) {
    throw invalid("Value error, data_limit must be an integer or a float, not a string");
  }
  const bytes = Math.trunc(Number(value));
  if (bytes < 0) throw invalid("Input should be greater than or equal to 0");
  return bytes;
};

const note: Check<string> = (value, earlier) => {
  const read = text(value, earlier);
  if (lengthOf(read) <= 500) return read;
  throw invalid("Value error, User's note can be a maximum of 500 character");
};

/** Zero counts as nothing. */
const orNothing =
  <Value>(check: Check<Value>): Check<Value | null> =>
  (value, earlier) =>
    value === 0 || value === false || value === null ? null : check(value, earlier);

const username: Check<string> = (value, earlier) => {
  const read = text(value, earlier);
  if (/^(?=\w{3,32}\b)[\w@.-]+$/u.test(read)) return read;
  throw invalid(
    "Value error, Username only can be 3 to 32 characters and contain a-z, 0-9, and underscores in between.",
  );
};

/** A status that a call may set; only `on_hold` is looked at closer. */
const statusAmong = <const Name extends string>(names: readonly Name[]): Check<Name> => {
  const known = oneOf(names);
  return (value, earlier: Earlier) => {
    if (value === "on_hold") {
      if (!earlier["on_hold_expire_duration"]) {
        throw invalid(
          "Value error, User cannot be on hold without a valid on_hold_expire_duration.",
        );
      }
      if (earlier["expire"]) {
        throw invalid("Value error, User cannot be on hold with specified expire.");
      }
    }
    return known(value, earlier);
  };
};

const nextPlan = model({
  data_limit: optional(nullable(integer), null),
  expire: optional(nullable(integer), null),
  add_remaining_traffic: optional(boolean, false),
  fire_on_either: optional(boolean, true),
});

const strategy = oneOf(strategies);

/** The fields of a new user. */
export const newUser = {
  proxies: optional(proxiesOfNew, {}),
  expire: optional(nullable(integer), null),
  data_limit: optional(nullable(atLeastZero), null),
  data_limit_reset_strategy: optional(strategy, "no_reset" as const),
  // Left out, nothing is checked and nothing is open.
  inbounds: optional(inboundsOfNew, {}),
  note: optional(nullable(note), null),
  on_hold_expire_duration: optional(orNothing(integer), null),
  on_hold_timeout: optional(orNothing(wallTime), null),
  auto_delete_in_days: optional(nullable(integer), null),
  next_plan: optional(nullable(nextPlan), null),
  username: required(username),
  status: optional(statusAmong(["active", "on_hold"]), null),
};

/** The fields of a change; null is what is not to change. */
export const changedUser = {
  ...newUser,
  proxies: optional(anyProxies, {}),
  data_limit_reset_strategy: optional(strategy, null),
  inbounds: optional(inboundsOfChanged, {}),
  username: optional((value) => value, null),
  status: optional(statusAmong(["active", "disabled", "on_hold"]), null),
};
