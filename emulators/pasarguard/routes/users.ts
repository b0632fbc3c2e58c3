import { ok, type Reply } from "../../kit/http.ts";
import { readModel } from "../../panel-kit/fields.ts";
import { Refusal } from "../../panel-kit/refusal.ts";
import type { Call, Route } from "../../panel-kit/routing.ts";
import type { Caller } from "../admins.ts";
import { type ChangedUser, changeUser, makeUser } from "../changes.ts";
import { limitOf } from "../hwid.ts";
import { enforceLimits, enforceManualWrites, enforceMaxUsers } from "../role-limits.ts";
import type { State } from "../state.ts";
import { changedUser, newUser, toggle } from "../user-body.ts";
import { enabledStatus, type User } from "../user.ts";
import { permit, requireUser } from "./callers.ts";

/** A body without content, as JSON by its header. */
export const empty: Reply = {
  status: 204,
  body: Buffer.alloc(0),
  headers: { "content-type": "application/json" },
};

/** @throws Refusal 404: there are no templates here. */
function refuseTemplate({ next_plan }: Pick<ChangedUser, "next_plan">): void {
  if (next_plan === null || next_plan.user_template_id === null) return;
  throw new Refusal(404, "User Template not found");
}

/** Adds a user of an administrator's. @throws Refusal 400, 403, 404, 409, 422. */
export function addUser(state: State, body: unknown, caller: Caller): User {
  const { role, admin } = caller;
  const nowMs = state.core.clock.now();
  const given = readModel(newUser(nowMs), body);
  enforceManualWrites(role);
  const isMine = ({ adminId }: User) => adminId === admin.id;
  enforceMaxUsers(role, () => state.users.list().filter(isMine).length);
  const hwid_limit = limitOf(given.hwid_limit, state.hwid);
  const needs = { needsDataLimit: true, needsExpire: true, needsHwidLimit: true };
  enforceLimits(role, { ...given, expireMs: given.expire, hwid_limit, ...needs }, nowMs);
  refuseTemplate(given);
  const groupIds = state.groups.require(given.group_ids);
  const made = makeUser(given, { id: 0, adminId: admin.id, groupIds, nowMs });
  if (state.users.findByName(made.username)) throw new Refusal(409, "User already exists");
  const user = state.users.save({ ...made, id: state.core.nextId("users") });
  state.tellNode(user);
  return user;
}

function create(state: State, call: Call): Reply {
  const caller = permit(state, call, "users", "create");
  const user = addUser(state, call.body, caller);
  const view = state.view(user);
  state.events.tell("user_created", view, caller);
  return { status: 201, body: view };
}

/** @throws Refusal 400 when more devices are there than are to be allowed. */
function refuseLowering(state: State, user: User, limit: number | null | undefined): void {
  if (limit === undefined) return;
  const wanted = limitOf(limit, state.hwid) ?? 0;
  const { length: count } = user.devices;
  if (wanted <= 0 || count <= wanted) return;
  const what = "Cannot lower HWID limit below current device count";
  throw new Refusal(400, `${what} (${count}). Remove devices first.`);
}

function enforceChange({ role }: Caller, user: User, given: ChangedUser, nowMs: number): void {
  const isRevived = given.status === "active" || given.status === "on_hold";
  const expireMs = isRevived && given.expire === null ? user.expireMs : given.expire;
  const { hwid_limit = null, ...rest } = given;
  const needs = {
    needsDataLimit: given.data_limit !== null,
    needsExpire: given.expire !== null || isRevived,
    needsHwidLimit: given.hwid_limit !== undefined,
  };
  enforceLimits(role, { ...rest, hwid_limit, expireMs, ...needs }, nowMs);
}

/** Changes a user; the node and the webhooks are told. @throws Refusal 400, 403, 404, 422. */
export function modifyUser(state: State, user: User, body: unknown, caller: Caller): User {
  const nowMs = state.core.clock.now();
  const given = readModel(changedUser(nowMs), body);
  enforceManualWrites(caller.role);
  refuseLowering(state, user, given.hwid_limit);
  enforceChange(caller, user, given, nowMs);
  const groupIds = given.group_ids === null ? null : state.groups.require(given.group_ids);
  refuseTemplate(given);
  const changed = state.users.save(changeUser(user, given, groupIds, nowMs));
  state.tellNode(changed);
  const view = state.view(changed);
  state.events.tell("user_updated", view, caller);
  if (changed.status !== user.status) state.events.tellStatus(changed.status, view);
  return changed;
}

function modify(state: State, call: Call): Reply {
  const caller = permit(state, call, "users", "update");
  // A wrong body is found before a user who is not there.
  readModel(changedUser(0), call.body);
  const user = requireUser(state, call, caller, "update");
  return ok(state.view(modifyUser(state, user, call.body, caller)));
}

/** Disables a user, or enables them to what they then are. */
export function setDisabled(state: State, user: User, isDisabled: boolean): User {
  const nowMs = state.core.clock.now();
  const status = isDisabled ? "disabled" : enabledStatus(user, nowMs);
  if (status === user.status) return user;
  const changed = state.users.save({ ...user, status, statusChangedMs: nowMs });
  state.tellNode(changed);
  state.events.tellStatus(changed.status, state.view(changed));
  return changed;
}

function toggleUser(state: State, call: Call): Reply {
  const caller = permit(state, call, "users", "update");
  const { disabled } = readModel(toggle, call.body);
  const user = requireUser(state, call, caller, "update");
  return ok(state.view(setDisabled(state, user, disabled)));
}

/** Deletes a user; the node and the webhooks are told. */
export function deleteUser(state: State, user: User, caller: Caller): void {
  state.users.remove(user);
  state.tellRemoval(user);
  state.events.tell("user_deleted", state.viewListed(user), caller);
}

function remove(state: State, call: Call): Reply {
  const caller = permit(state, call, "users", "delete");
  deleteUser(state, requireUser(state, call, caller, "delete"), caller);
  return empty;
}

function show(state: State, call: Call): Reply {
  const caller = permit(state, call, "users", "read");
  return ok(state.view(requireUser(state, call, caller, "read")));
}

/** The ways to name a user in a path; those by name are deprecated. */
export const places = ["by-id/{user_id}", "by-username/{username}", "{username}"];

/** One user: made, shown, changed, disabled, deleted. */
export const userRoutes = (state: State): readonly Route[] => [
  { method: "POST", path: "/api/user", takes: "json", handle: (call) => create(state, call) },
  ...places.flatMap((place): Route[] => [
    {
      method: "PUT",
      path: `/api/user/${place}`,
      takes: "json",
      handle: (call) => modify(state, call),
    },
    {
      method: "PUT",
      path: `/api/user/${place}/disabled`,
      takes: "json",
      handle: (call) => toggleUser(state, call),
    },
    { method: "DELETE", path: `/api/user/${place}`, handle: (call) => remove(state, call) },
    { method: "GET", path: `/api/user/${place}`, handle: (call) => show(state, call) },
  ]),
];
