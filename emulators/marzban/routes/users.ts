import { ok, type Reply } from "../../kit/http.ts";
import { readModel } from "../../panel-kit/fields.ts";
import { Crash, Refusal } from "../../panel-kit/refusal.ts";
import type { Call, Route } from "../../panel-kit/routing.ts";
import type { Admin } from "../admins.ts";
import { changeUser, makeUser, refuseMissing } from "../changes.ts";
import type { State } from "../state.ts";
import { changedUser, newUser } from "../user-body.ts";
import type { User } from "../user.ts";

/** Who is calling. @throws Refusal 401. */
export const identify = (state: State, { request }: Call): Admin =>
  state.admins.identify(request.raw.headers.authorization);

/** Who is calling, if it is an owner. @throws Refusal 401, 403. */
export const identifySudo = (state: State, { request }: Call): Admin =>
  state.admins.identifySudo(request.raw.headers.authorization);

/** A user, and who is calling about them. */
export interface Addressed {
  readonly user: User;
  readonly admin: Admin;
}

/** The user of a path. @throws Refusal 401, 404, or 403 for another administrator's user. */
export function requireUser(state: State, call: Call): Addressed {
  const admin = identify(state, call);
  const user = state.users.find(call.params["username"] ?? "");
  if (user === undefined) throw new Refusal(404, "User not found");
  if (!admin.is_sudo && user.admin !== admin.username) throw new Refusal(403, "You're not allowed");
  return { user, admin };
}

/** Keeps the row of a new user. @throws Refusal 400, 409, 422; Crash. */
export function keepUser(state: State, body: unknown, owner: string): User {
  const given = readModel(newUser, body);
  refuseMissing(given.proxies);
  const isKnown = state.admins.find(owner) !== undefined;
  const origin = { id: 0, admin: isKnown ? owner : null, nowMs: state.core.clock.now() };
  const made = makeUser(given, origin);
  if (state.users.find(made.username)) throw new Refusal(409, "User already exists");
  return state.users.save({ ...made, id: state.core.nextId("users") });
}

/**
 * Adds a user. The row is kept before the answer is made: a user that cannot be shown is there all
 * the same, and the core does not know of them.
 */
function addUser(state: State, call: Call): Reply {
  const admin = identify(state, call);
  const user = keepUser(state, call.body, admin.username);
  call.after(() => state.tellCore("add", user));
  const view = state.view(user);
  state.events.tell("user_created", view, admin);
  return ok(view);
}

function modifyUser(state: State, call: Call): Reply {
  const { user, admin } = requireUser(state, call);
  const given = readModel(changedUser, call.body);
  refuseMissing(given.proxies);
  const changed = state.users.save(changeUser(user, given, state.core.clock.now()));
  const view = state.view(changed);
  call.after(() => {
    state.tellChange(user, changed);
    state.events.tell("user_updated", view, admin);
    if (changed.status !== user.status) state.events.tellStatus(changed.status, view, admin);
  });
  return ok(view);
}

/** A user without an administrator breaks it once they are deleted, and the core is not told. */
function removeUser(state: State, call: Call): Reply {
  const { user, admin } = requireUser(state, call);
  state.users.remove(user);
  if (user.admin === null) throw new Crash("validation error for Admin");
  call.after(() => {
    state.tellRemoval(user);
    state.events.tellDeleted(user.username, admin);
  });
  return ok({ detail: "User successfully deleted" });
}

/** One user: made, shown, changed, deleted. */
export const userRoutes = (state: State): readonly Route[] => [
  {
    method: "POST",
    path: "/api/user",
    takes: "json",
    handle: (call) => addUser(state, call),
  },
  {
    method: "GET",
    path: "/api/user/{username}",
    handle: (call) => ok(state.view(requireUser(state, call).user)),
  },
  {
    method: "PUT",
    path: "/api/user/{username}",
    takes: "json",
    handle: (call) => modifyUser(state, call),
  },
  {
    method: "DELETE",
    path: "/api/user/{username}",
    handle: (call) => removeUser(state, call),
  },
];
