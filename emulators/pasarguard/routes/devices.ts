import { ok, type Reply } from "../../kit/http.ts";
import { Refusal } from "../../panel-kit/refusal.ts";
import type { Call, Route } from "../../panel-kit/routing.ts";
import { naiveIso } from "../../panel-kit/stamps.ts";
import type { State } from "../state.ts";
import type { Device } from "../user.ts";
import { permit, requireUser } from "./callers.ts";

const viewDevice = ({ createdMs, lastUsedMs, ...shown }: Device): object => ({
  ...shown,
  created_at: naiveIso(createdMs),
  last_used_at: naiveIso(lastUsedMs),
});

/** The newest first. */
function list(state: State, call: Call): Reply {
  const caller = permit(state, call, "hwids", "read");
  const { devices } = requireUser(state, call, caller, "read");
  const hwids = devices.toReversed().map(viewDevice);
  return ok({ hwids, count: hwids.length });
}

function remove(state: State, call: Call): Reply {
  const caller = permit(state, call, "hwids", "delete");
  const user = requireUser(state, call, caller, "delete");
  const devices = user.devices.filter(({ hwid }) => hwid !== call.params["hwid"]);
  if (devices.length === user.devices.length) throw new Refusal(404, "HWID not found");
  state.users.save({ ...user, devices });
  return ok({});
}

function removeAll(state: State, call: Call): Reply {
  const caller = permit(state, call, "hwids", "delete");
  const user = requireUser(state, call, caller, "delete");
  state.users.save({ ...user, devices: [] });
  return ok({ count: user.devices.length });
}

/** The devices that have fetched a user's subscription under a name. */
export const deviceRoutes = (state: State): readonly Route[] => [
  { method: "GET", path: "/api/user/{user_id}/hwids", handle: (call) => list(state, call) },
  {
    method: "DELETE",
    path: "/api/user/{user_id}/hwids/{hwid}",
    handle: (call) => remove(state, call),
  },
  {
    method: "POST",
    path: "/api/user/{user_id}/hwids/reset",
    handle: (call) => removeAll(state, call),
  },
];
