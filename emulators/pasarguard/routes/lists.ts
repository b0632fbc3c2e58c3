import { ok, type Reply } from "../../kit/http.ts";
import { boolean, datetime, integer } from "../../panel-kit/checks.ts";
import { nullable, optional, readModel, type Values } from "../../panel-kit/fields.ts";
import { isLike } from "../../panel-kit/like.ts";
import { Refusal, unprocessable } from "../../panel-kit/refusal.ts";
import type { Call, Route } from "../../panel-kit/routing.ts";
import { type Status, statuses } from "../../panel-kit/user.ts";
import type { Caller } from "../admins.ts";
import { enforceAll, isOwnOnly } from "../roles.ts";
import type { State } from "../state.ts";
import { selection } from "../user-body.ts";
import type { User } from "../user.ts";
import { reset, revokeSubscription } from "./actions.ts";
import { isInScope, permit } from "./callers.ts";
import { deleteUser, setDisabled } from "./users.ts";

const page = {
  offset: optional(nullable(integer), null),
  limit: optional(nullable(integer), null),
  expire_after: optional(nullable(datetime), null),
  expire_before: optional(nullable(datetime), null),
  online_after: optional(nullable(datetime), null),
  online_before: optional(nullable(datetime), null),
  online: optional(boolean, false),
  no_data_limit: optional(boolean, false),
  no_expire: optional(boolean, false),
  load_sub: optional(boolean, false),
};

type Filter = (user: User) => boolean;

/** Numbers that a query names several times. @throws Refusal 422 that names the wrong one. */
function numbersIn(query: URLSearchParams, ...names: readonly string[]): readonly number[] {
  const texts = names.flatMap((name) => query.getAll(name));
  const places = Object.fromEntries(texts.map((text, at) => [String(at), text]));
  const shape = Object.fromEntries(Object.keys(places).map((at) => [at, optional(integer, 0)]));
  return Object.values(readModel(shape, places));
}

/** A wrong status is named by its place and by the panel's name for the type. */
function statusesIn(query: URLSearchParams): readonly Status[] {
  return query.getAll("status").map((text, at) => {
    const found = statuses.find((status) => status === text);
    if (found !== undefined) return found;
    const message = "Input should be 'active', 'disabled', 'limited', 'expired' or 'on_hold'";
    throw unprocessable({ [at]: message, "str-enum[UserStatus]": message });
  });
}

const among =
  <Value>(wanted: readonly Value[], of: (user: User) => Value): Filter =>
  (user) =>
    wanted.length === 0 || wanted.includes(of(user));

/** Filters by what a query names several times. */
function filtersByName(query: URLSearchParams): readonly Filter[] {
  const search = query.get("search");
  const groups = numbersIn(query, "group");
  return [
    among(numbersIn(query, "ids"), ({ id }) => id),
    among(query.getAll("username"), ({ username }) => username),
    among(query.getAll("usernames"), ({ username }) => username),
    among(statusesIn(query), ({ status }) => status),
    ({ group_ids }) => groups.length === 0 || groups.some((id) => group_ids.includes(id)),
    ({ username, note }) => !search || isLike(username, search) || isLike(note, search),
  ];
}

const isWithin = (ms: number | null, afterMs: number | null, beforeMs: number | null): boolean =>
  (afterMs === null || (ms !== null && ms >= afterMs)) &&
  (beforeMs === null || (ms !== null && ms <= beforeMs));

/** Filters by times; `no_expire` makes those by the end void. */
function filtersByTime(given: Values<typeof page>, nowMs: number): readonly Filter[] {
  const { expire_after, expire_before, online_after, online_before } = given;
  return [
    ({ expireMs }) =>
      given.no_expire ? expireMs === null : isWithin(expireMs, expire_after, expire_before),
    ({ onlineMs }) => isWithin(onlineMs, online_after, online_before),
    ({ onlineMs }) => !given.online || (onlineMs ?? 0) >= nowMs - 120_000,
    ({ data_limit }) => !given.no_data_limit || !data_limit,
  ];
}

type Column = (user: User) => string | number | null;

const columns: Readonly<Record<string, Column>> = {
  username: ({ username }) => username,
  used_traffic: ({ used_traffic }) => used_traffic,
  data_limit: ({ data_limit }) => data_limit,
  expire: ({ expireMs }) => expireMs,
  created_at: ({ createdMs }) => createdMs,
  edit_at: ({ editedMs }) => editedMs,
  online_at: ({ onlineMs }) => onlineMs,
};

const simpleColumns: Readonly<Record<string, Column>> = {
  id: ({ id }) => id,
  username: ({ username }) => username,
};

/** Nothing comes before everything else; users who were never edited or online come last. */
function compare(one: string | number | null, other: string | number | null, sign: number): number {
  if (one === other) return 0;
  if (one === null || other === null) return one === null ? -sign : sign;
  return one < other ? -sign : sign;
}

/** @throws Refusal 400 for a column that lists are not sorted by. */
function sorted(
  users: readonly User[],
  sort: string,
  known: Readonly<Record<string, Column>>,
  typeName: string,
): readonly User[] {
  const options = sort.split(",").filter(Boolean);
  const orders = options.map((option) => {
    const name = option.replace(/^-/u, "");
    const column = known[name];
    if (column === undefined) {
      throw new Refusal(400, `Value error, '${option}' is not a valid ${typeName}`);
    }
    const sign = option.startsWith("-") ? -1 : 1;
    return (one: User, other: User) => compare(column(one), column(other), sign);
  });
  return users.toSorted((one, other) => {
    return orders.reduce((found, order) => found || order(one, other), 0);
  });
}

/** Names are looked up by their index, and so come in its order where no other is asked for. */
function sortIn(query: URLSearchParams): string {
  const isByName = query.has("username") || query.has("usernames");
  return query.get("sort") || (isByName ? "username" : "");
}

/** A part of a list; no limit, 0 and less mean all. */
function slice(
  users: readonly User[],
  { offset, limit }: { offset: number | null; limit: number | null },
): readonly User[] {
  const from = Math.max(offset ?? 0, 0);
  return users.slice(from, limit !== null && limit > 0 ? from + limit : undefined);
}

const isOwn =
  ({ admin }: Caller): Filter =>
  ({ adminId }) =>
    adminId === admin.id;

/** Whose users a list is about; who sees their own alone does not choose. */
function filtersByOwner(state: State, caller: Caller, query: URLSearchParams): readonly Filter[] {
  if (isOwnOnly(caller.role, "users", "read_simple")) return [isOwn(caller)];
  const nameOf = ({ adminId }: User) => state.admins.find(adminId)?.username ?? "";
  return [
    among(query.getAll("admin"), nameOf),
    among(numbersIn(query, "admin_ids", "admin_id"), ({ adminId }) => adminId ?? 0),
  ];
}

/** Whose users are listed is decided by `read_simple`: a role without it sees all. */
function listUsers(state: State, call: Call): Reply {
  const caller = permit(state, call, "users", "read");
  const { query } = call.request;
  const given = readModel(page, Object.fromEntries(query));
  const filters = [
    ...filtersByName(query),
    ...filtersByTime(given, state.core.clock.now()),
    ...filtersByOwner(state, caller, query),
  ];
  const found = state.users.list().filter((user) => filters.every((fits) => fits(user)));
  const listed = sorted(found, sortIn(query), columns, "UserSortOption");
  const show = (user: User) => (given.load_sub ? state.view(user) : state.viewListed(user));
  return ok({ users: slice(listed, given).map(show), total: found.length });
}

const simplePage = {
  offset: page.offset,
  limit: page.limit,
  all: optional(boolean, false),
};
const mostSimple = 10_000;

function listSimple(state: State, call: Call): Reply {
  const caller = permit(state, call, "users", "read_simple");
  const { query } = call.request;
  const { all, ...part } = readModel(simplePage, Object.fromEntries(query));
  const search = query.get("search");
  const filters: readonly Filter[] = [
    among(numbersIn(query, "ids"), ({ id }) => id),
    among(query.getAll("usernames"), ({ username }) => username),
    ({ username }) => !search || isLike(username, search),
    isOwnOnly(caller.role, "users", "read") ? isOwn(caller) : () => true,
  ];
  const found = state.users.list().filter((user) => filters.every((fits) => fits(user)));
  const listed = sorted(found, sortIn(query), simpleColumns, "UserSimpleSortOption");
  const shown = all ? listed.slice(0, mostSimple) : slice(listed, part);
  return ok({ users: shown.map(({ id, username }) => ({ id, username })), total: found.length });
}

/** The users that a body names. @throws Refusal 404 where one is missing, and nothing is done. */
function selected(state: State, call: Call, caller: Caller, action: string): readonly User[] {
  const { ids } = readModel(selection, call.body);
  const users = [...new Set(ids)].flatMap((id) => state.users.find(id) ?? []);
  const mine = users.filter((user) => isInScope(caller, user, action));
  if (mine.length < new Set(ids).size) throw new Refusal(404, "User not found");
  return mine;
}

const named = (users: readonly User[]): Reply =>
  ok({ users: users.map(({ username }) => username), count: users.length });

const isDisabled: Filter = ({ status }) => status === "disabled";

/** Many users at once. */
export const listRoutes = (state: State): readonly Route[] => {
  type Act = (user: User, caller: Caller) => void;
  const bulk = (path: string, action: string, act: Act, fits: Filter = () => true): Route => ({
    method: "POST",
    path: `/api/users/bulk/${path}`,
    takes: "json",
    handle: (call) => {
      const caller = permit(state, call, "users", action);
      const users = selected(state, call, caller, action).filter(fits);
      for (const user of users) act(user, caller);
      return named(users);
    },
  });
  return [
    { method: "GET", path: "/api/users", handle: (call) => listUsers(state, call) },
    { method: "GET", path: "/api/users/simple", handle: (call) => listSimple(state, call) },
    {
      method: "POST",
      path: "/api/users/reset",
      handle: (call) => {
        const caller = permit(state, call, "users", "reset_usage");
        enforceAll(caller.role, "users", "reset_usage");
        for (const user of state.users.list()) reset(state, user, caller);
        return ok({});
      },
    },
    bulk("delete", "delete", (user, caller) => deleteUser(state, user, caller)),
    bulk("reset", "reset_usage", (user, caller) => reset(state, user, caller)),
    bulk("revoke_sub", "revoke_sub", (user, caller) => revokeSubscription(state, user, caller)),
    bulk(
      "disable",
      "update",
      (user) => setDisabled(state, user, true),
      (user) => !isDisabled(user),
    ),
    bulk("enable", "update", (user) => setDisabled(state, user, false), isDisabled),
  ];
};
