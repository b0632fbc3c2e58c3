import { type ApiRoutesTable, parse, queryOf, respond, respondEmpty } from "./answers.ts";
import {
  creation,
  extension,
  listQuery,
  resolution,
  revocation,
  streamQuery,
  updateOf,
} from "./schemas.ts";
import type { State } from "./state.ts";
import { keyOfPath } from "./user-keys.ts";
import type { User } from "./users.ts";

/** `/users`: one user at a time, and lists. */
export function userRoutes(state: State): ApiRoutesTable {
  const { panel, options, clock } = state;
  const { version } = options;
  const update = updateOf(version, () => clock.now());
  const show = (user: User, status = 200) => respond(state.wire(user), status);
  return {
    "POST /users": ({ body }) => show(panel.create(parse(creation, body)), 201),
    "PATCH /users": ({ body }) => {
      const { username, id, uuid, ...changes } = parse(update, body);
      const key = version === "3" ? { id: id as number } : { uuid: uuid as string };
      return show(panel.update(Object.values(key)[0] === undefined ? { username } : key, changes));
    },
    "GET /users": (call) => {
      const { start, size } = parse(listQuery, queryOf(call));
      const newestFirst = state.users.list().toReversed();
      const users = newestFirst.slice(start, start + size).map((user) => state.wire(user));
      return respond({ users, total: newestFirst.length });
    },
    ...(version === "3" ? { "GET /users/stream": (call) => respond(stream(state, call)) } : {}),
    "GET /users/tags": () => {
      const tags = new Set(state.users.list().flatMap(({ tag }) => tag ?? []));
      return respond({ tags: [...tags].toSorted() });
    },
    "POST /users/resolve": ({ body }) => {
      const { id, shortUuid, username, uuid } = panel.require(parse(resolution, body));
      return respond({ ...(version === "2" ? { uuid } : {}), id, username, shortUuid });
    },
    "GET /users/by-username/{username}": ({ params }) => {
      return show(panel.require({ username: params["username"] }, "A063"));
    },
    "GET /users/by-short-uuid/{shortUuid}": ({ params }) => {
      return show(panel.require({ shortUuid: params["shortUuid"] }, "A063"));
    },
    ...(version === "2" ? oldUserRoutes(state) : {}),
    "GET /users/{user}": ({ params }) => {
      return show(panel.require(keyOfPath(version, params["user"]), "A063"));
    },
    "DELETE /users/{user}": ({ params }) => {
      panel.delete(keyOfPath(version, params["user"]));
      return version === "3" ? respondEmpty(204) : respond({ isDeleted: true });
    },
    "POST /users/{user}/actions/enable": ({ params }) => {
      return show(panel.enable(keyOfPath(version, params["user"])));
    },
    "POST /users/{user}/actions/disable": ({ params }) => {
      return show(panel.disable(keyOfPath(version, params["user"])));
    },
    "POST /users/{user}/actions/reset-traffic": ({ params }) => {
      return show(panel.resetTraffic(keyOfPath(version, params["user"])));
    },
    "POST /users/{user}/actions/revoke": ({ params, body }) => {
      const key = keyOfPath(version, params["user"]);
      return show(panel.revoke(key, parse(revocation, body)));
    },
    ...(version === "3"
      ? {
          "POST /users/{user}/actions/extend": ({ params, body }) => {
            const key = keyOfPath(version, params["user"]);
            return show(panel.extend(key, parse(extension, body).days));
          },
        }
      : {}),
  };
}

/** Ways to find users that went with 3.0. */
function oldUserRoutes(state: State): ApiRoutesTable {
  const list = (fits: (user: User) => boolean) => {
    const users = state.users.list().filter(fits);
    return respond(users.map((user) => state.wire(user)));
  };
  return {
    "GET /users/by-id/{id}": ({ params }) => {
      return respond(state.wire(state.panel.require({ id: Number(params["id"]) }, "A063")));
    },
    "GET /users/by-telegram-id/{telegramId}": ({ params }) => {
      return list(({ telegramId }) => telegramId === Number(params["telegramId"]));
    },
    "GET /users/by-email/{email}": ({ params }) => {
      return list(({ email }) => email === params["email"]);
    },
    "GET /users/by-tag/{tag}": ({ params }) => list(({ tag }) => tag === params["tag"]),
  };
}

/** A page by ascending id after a cursor, which is text in the answer: safe under inserts. */
function stream(state: State, call: Parameters<typeof queryOf>[0]) {
  const { cursor = 0, size, ...filters } = parse(streamQuery, queryOf(call));
  const wanted = Object.entries(filters).filter(([, value]) => value !== undefined);
  const rows = state.users
    .list()
    .filter((user) => user.id > cursor)
    .filter((user) => wanted.every(([field, value]) => user[field as keyof User] === value));
  const users = rows.slice(0, size);
  const hasMore = rows.length > users.length;
  return {
    users: users.map((user) => state.wire(user)),
    nextCursor: hasMore ? String(users.at(-1)?.id) : null,
    hasMore,
  };
}
