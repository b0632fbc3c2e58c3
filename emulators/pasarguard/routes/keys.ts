import { ok, type Reply } from "../../kit/http.ts";
import { boolean, datetime, integer, text, textOf } from "../../panel-kit/checks.ts";
import {
  type Check,
  invalid,
  nullable,
  optional,
  readModel,
  required,
} from "../../panel-kit/fields.ts";
import { Refusal } from "../../panel-kit/refusal.ts";
import type { Call, Route } from "../../panel-kit/routing.ts";
import { naiveIso, parseIso } from "../../panel-kit/stamps.ts";
import { noPermissions } from "../admin-view.ts";
import type { ApiKey, Caller } from "../admins.ts";
import type { State } from "../state.ts";
import { permit } from "./callers.ts";

const credentials = { username: required(text), password: required(text) };

function signIn(state: State, { body }: Call): Reply {
  const { username, password } = readModel(credentials, body);
  return ok({ access_token: state.admins.signIn(username, password), token_type: "bearer" });
}

/** Whole seconds, or ISO. */
const isoTime: Check<number> = (value, earlier) => {
  if (typeof value === "string" && parseIso(value) === undefined) {
    throw invalid(`Value error, Invalid isoformat string: '${value}'`);
  }
  return datetime(value, earlier);
};

const futureTime =
  (nowMs: number): Check<number> =>
  (value, earlier) => {
    const ms = isoTime(value, earlier);
    if (ms <= nowMs) throw invalid("Value error, expire_date must be in the future");
    return ms;
  };

const newKey = (nowMs: number) => ({
  name: required(textOf({ min: 1, max: 128 })),
  note: optional(nullable(textOf({ max: 512 })), null),
  inherit_permissions: optional(boolean, true),
  expire_date: optional(nullable(futureTime(nowMs)), null),
});

function viewKey(key: ApiKey, nowMs: number): Record<string, unknown> {
  const { id, adminId, name, note, secret, expireMs, createdMs } = key;
  return {
    name,
    note,
    permissions: noPermissions,
    inherit_permissions: true,
    expire_date: expireMs === null ? null : naiveIso(expireMs),
    id,
    admin_id: adminId,
    created_at: naiveIso(createdMs),
    api_key_trimmed: `${secret.slice(0, 10)}***${secret.slice(-3)}`,
    revoked_at: null,
    status: "active",
    is_expired: expireMs !== null && expireMs <= nowMs,
  };
}

function createKey(state: State, call: Call): Reply {
  const { admin } = permit(state, call, "api_keys", "create");
  const nowMs = state.core.clock.now();
  const { name, note, expire_date } = readModel(newKey(nowMs), call.body);
  const key = state.admins.createKey(admin, { name, note, expireMs: expire_date });
  return { status: 201, body: { ...viewKey(key, nowMs), api_key: key.secret } };
}

const keysOf = (state: State, { admin, role }: Caller): readonly ApiKey[] =>
  [...state.admins.keys.values()].filter(({ adminId }) => role.is_owner || adminId === admin.id);

/** @throws Refusal 404, for a stranger's key as well. */
function requireKey(state: State, call: Call, action: string): ApiKey {
  const caller = permit(state, call, "api_keys", action);
  const { key_id } = readModel({ key_id: required(integer) }, call.params);
  const key = keysOf(state, caller).find(({ id }) => id === key_id);
  if (key === undefined) throw new Refusal(404, "API key not found");
  return key;
}

/** How an administrator signs in: by a password, or by keys. */
export const keyRoutes = (state: State): readonly Route[] => [
  {
    method: "POST",
    path: "/api/admin/token",
    takes: "form",
    handle: (call) => signIn(state, call),
  },
  { method: "POST", path: "/api/api_key", takes: "json", handle: (call) => createKey(state, call) },
  {
    method: "GET",
    path: "/api/api_keys",
    handle: (call) => {
      const found = keysOf(state, permit(state, call, "api_keys", "read")).toReversed();
      const nowMs = state.core.clock.now();
      return ok({ api_keys: found.map((key) => viewKey(key, nowMs)), total: found.length });
    },
  },
  {
    method: "GET",
    path: "/api/api_key/{key_id}",
    handle: (call) => ok(viewKey(requireKey(state, call, "read"), state.core.clock.now())),
  },
  {
    method: "DELETE",
    path: "/api/api_key/{key_id}",
    handle: (call) => {
      state.admins.keys.delete(requireKey(state, call, "delete").id);
      return { status: 204, body: undefined };
    },
  },
];
