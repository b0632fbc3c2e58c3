import { integer } from "../../panel-kit/checks.ts";
import { readModel, required } from "../../panel-kit/fields.ts";
import { Refusal } from "../../panel-kit/refusal.ts";
import type { Call } from "../../panel-kit/routing.ts";
import type { Caller } from "../admins.ts";
import { refuseOverflow } from "../changes.ts";
import { enforce, isOwnOnly } from "../roles.ts";
import type { State } from "../state.ts";
import type { User } from "../user.ts";

/** Who is calling, if their role may do this. @throws Refusal 401, 403. */
export function permit(state: State, call: Call, kind: string, action: string): Caller {
  const caller = state.admins.identify(call.request.raw.headers);
  enforce(caller.role, kind, action);
  return caller;
}

/** Whether a user is one that the caller may act on so. */
export const isInScope = ({ admin, role }: Caller, user: User, action: string): boolean =>
  !isOwnOnly(role, "users", action) || user.adminId === admin.id;

const byNumber = { user_id: required(integer) };

/** The number in a path. @throws Refusal 422. @throws Crash: the database does not hold it. */
export function numberIn({ params }: Call): number {
  const { user_id } = readModel(byNumber, params);
  refuseOverflow(user_id);
  return user_id;
}

/** The user of a path, by number or by name. @throws Refusal 404, for a stranger's as well. */
export function requireUser(state: State, call: Call, caller: Caller, action: string): User {
  const { username } = call.params;
  const user =
    username === undefined ? state.users.find(numberIn(call)) : state.users.findByName(username);
  // By name the panel asks whether the caller may read them, whatever they do.
  const scope = username === undefined ? action : "read";
  if (user !== undefined && isInScope(caller, user, scope)) return user;
  throw new Refusal(404, "User not found");
}
