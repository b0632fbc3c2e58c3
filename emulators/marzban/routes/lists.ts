import { ok, type Reply } from "../../kit/http.ts";
import { datetime, integer, oneOf } from "../../panel-kit/checks.ts";
import { type Check, nullable, optional, readModel } from "../../panel-kit/fields.ts";
import { Crash, Refusal } from "../../panel-kit/refusal.ts";
import type { Call, Route } from "../../panel-kit/routing.ts";
import { type ParsedTime, parseIso } from "../../panel-kit/stamps.ts";
import { statuses } from "../../panel-kit/user.ts";
import type { Admin } from "../admins.ts";
import type { State } from "../state.ts";
import { usageOf } from "../usage.ts";
import { type User, withReset } from "../user.ts";
import { identify, identifySudo } from "./users.ts";

const page = {
  offset: optional(nullable(integer), null),
  limit: optional(nullable(integer), null),
  status: optional(nullable(oneOf(statuses)), null),
};

const columns: Readonly<Record<string, (user: User) => string | number | null>> = {
  username: ({ username }) => username,
  used_traffic: ({ used_traffic }) => used_traffic,
  data_limit: ({ data_limit }) => data_limit,
  expire: ({ expire }) => expire,
  created_at: ({ createdMs }) => createdMs,
};

/** Nothing comes before everything else. */
function compare(one: string | number | null, other: string | number | null): number {
  if (one === other) return 0;
  if (one === null) return -1;
  if (other === null) return 1;
  return one < other ? -1 : 1;
}

/** @throws Refusal 400 for a column that lists are not sorted by. */
function sorted(users: readonly User[], sort: string | null): readonly User[] {
  if (sort === null) return users;
  const orders = sort
    .replace(/^,+|,+$/gu, "")
    .split(",")
    .map((option) => {
      const column = columns[option.replace(/^-/u, "")];
      if (column === undefined) throw new Refusal(400, `"${option}" is not a valid sort option`);
      const sign = option.startsWith("-") ? -1 : 1;
      return (one: User, other: User) => sign * compare(column(one), column(other));
    });
  return users.toSorted((one, other) => {
    return orders.reduce((found, order) => found || order(one, other), 0);
  });
}

const ownersOf = (admin: Admin, query: URLSearchParams): readonly string[] | undefined => {
  if (!admin.is_sudo) return [admin.username];
  const wanted = query.getAll("admin");
  return wanted.length === 0 ? undefined : wanted;
};

/** No limit, 0 and less mean all. One poisoned user on the page, and there is no page. */
function listUsers(state: State, call: Call): Reply {
  const admin = identify(state, call);
  const { query } = call.request;
  const { offset, limit, status } = readModel(page, Object.fromEntries(query));
  const usernames = query.getAll("username");
  const found = state.users.list({
    search: query.get("search") || undefined,
    usernames: usernames.length === 0 ? undefined : usernames,
    statuses: status === null ? undefined : [status],
    admins: ownersOf(admin, query),
  });
  const from = Math.max(offset ?? 0, 0);
  const to = limit !== null && limit > 0 ? from + limit : undefined;
  const users = sorted(found, query.get("sort")).slice(from, to);
  return ok({ users: users.map((user) => state.view(user)), total: found.length });
}

const date: Check<Pick<ParsedTime, "ms" | "hasZone">> = (value, earlier) => ({
  ms: datetime(value, earlier),
  hasZone: parseIso(String(value))?.hasZone ?? true,
});

const range = { expired_after: optional(date, null), expired_before: optional(date, null) };

/**
 * Users whose time is over, by default since 30 days.
 * @throws Crash where one date has a zone and the other has none.
 */
function findExpired(state: State, call: Call, admin: Admin): readonly User[] {
  const nowMs = state.core.clock.now();
  const { expired_after: after, expired_before: before } = readModel(
    range,
    Object.fromEntries(call.request.query),
  );
  const afterMs = after?.ms ?? nowMs - 30 * 86_400_000;
  if (before !== null) {
    if (before.hasZone !== (after?.hasZone ?? true)) throw new Crash("offset-naive datetimes");
    if (before.ms < afterMs) throw new Refusal(400, "Start date must be before end date");
  }
  const owners = admin.is_sudo ? undefined : [admin.username];
  const beforeMs = before?.ms ?? nowMs;
  return state.users
    .list({ statuses: ["expired", "limited"], admins: owners })
    .filter(({ expire }) => expire && expire * 1_000 >= afterMs && expire * 1_000 <= beforeMs);
}

function deleteExpired(state: State, call: Call): Reply {
  const admin = identify(state, call);
  const found = findExpired(state, call, admin);
  if (found.length === 0) {
    throw new Refusal(404, "No expired users found in the specified date range");
  }
  for (const user of found) {
    state.users.remove(user);
    state.events.tellDeleted(user.username, admin);
  }
  return ok(found.map(({ username }) => username));
}

/** Clears even what was used before earlier resets, and starts the core anew. */
function resetAll(state: State, call: Call): Reply {
  const admin = identifySudo(state, call);
  const nowMs = state.core.clock.now();
  for (const user of state.users.list({ admins: [admin.username] })) {
    const isKept = ["on_hold", "expired", "disabled"].includes(user.status);
    const status = isKept ? user.status : "active";
    state.users.save({ ...withReset(user, nowMs), resets: [], status, next_plan: null });
  }
  state.node.restart();
  return ok({ detail: "Users successfully reset." });
}

/** Many users at once. */
export const listRoutes = (state: State): readonly Route[] => [
  { method: "GET", path: "/api/users", handle: (call) => listUsers(state, call) },
  {
    method: "GET",
    path: "/api/users/expired",
    handle: (call) => {
      const found = findExpired(state, call, identify(state, call));
      return ok(found.map(({ username }) => username));
    },
  },
  { method: "DELETE", path: "/api/users/expired", handle: (call) => deleteExpired(state, call) },
  { method: "POST", path: "/api/users/reset", handle: (call) => resetAll(state, call) },
  {
    method: "GET",
    path: "/api/users/usage",
    handle: (call) => {
      const { query } = call.request;
      const admins = ownersOf(identify(state, call), query);
      return ok({ usages: usageOf(state.users.list({ admins }), query, state.core.clock.now()) });
    },
  },
];
