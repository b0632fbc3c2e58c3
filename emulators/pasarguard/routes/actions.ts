import { ok, type Reply } from "../../kit/http.ts";
import { datetime, oneOf, text } from "../../panel-kit/checks.ts";
import { nullable, optional, readModel, required } from "../../panel-kit/fields.ts";
import { Refusal } from "../../panel-kit/refusal.ts";
import type { Call, Route } from "../../panel-kit/routing.ts";
import { naiveIso, zonedIso } from "../../panel-kit/stamps.ts";
import type { Caller } from "../admins.ts";
import { resetUsage, revoke, startNextPlan } from "../changes.ts";
import type { State } from "../state.ts";
import type { User } from "../user.ts";
import { permit, requireUser } from "./callers.ts";
import { places } from "./users.ts";

/** Begins a user's traffic anew. */
export function reset(state: State, user: User, caller: Caller): User {
  const changed = state.users.save(resetUsage(user, state.core.clock.now()));
  state.tellNode(changed);
  const view = state.view(changed);
  if (changed.status !== user.status) state.events.tellStatus(changed.status, view);
  state.events.tell("data_usage_reset", view, caller);
  return changed;
}

/** Gives a user new credentials and ends the links from before. */
export function revokeSubscription(state: State, user: User, caller: Caller): User {
  const changed = state.users.save(revoke(user, state.core.clock.now()));
  state.tellNode(changed);
  state.events.tell("subscription_revoked", state.view(changed), caller);
  return changed;
}

function activateNextPlan(state: State, user: User): User {
  if (user.next_plan === null) throw new Refusal(404, "User doesn't have next plan");
  const changed = state.users.save(startNextPlan(user, state.core.clock.now()));
  state.tellNode(changed);
  const view = state.view(changed);
  if (changed.status !== user.status) state.events.tellStatus(changed.status, view);
  state.events.tell("data_usage_reset", view);
  return changed;
}

const newOwner = { admin_username: required(text) };

function setOwner(state: State, call: Call): Reply {
  const caller = permit(state, call, "users", "set_owner");
  const { admin_username } = readModel(newOwner, Object.fromEntries(call.request.query));
  const admin = state.admins.findByName(admin_username);
  if (admin === undefined) throw new Refusal(404, "Admin not found");
  const user = requireUser(state, call, caller, "update");
  return ok(state.view(state.users.save({ ...user, adminId: admin.id })));
}

const dayMs = 86_400_000;
const span = {
  period: optional(oneOf(["minute", "hour", "day", "month"]), "hour" as const),
  start: optional(nullable(datetime), null),
  end: optional(nullable(datetime), null),
};

/** The beginning of a period in UTC. */
function startOf(ms: number, period: "minute" | "hour" | "day" | "month"): number {
  const iso = naiveIso(ms);
  const lengths = { minute: 16, hour: 13, day: 10, month: 7 };
  const rest = "0000-01-01T00:00:00".slice(lengths[period]);
  return Date.parse(`${iso.slice(0, lengths[period])}${rest}Z`);
}

/**
 * The history of a user's traffic, added up over all nodes (`-1`); by default of 30 days.
 * @throws Refusal 422, or 400 for an end before its start.
 */
export function historyOf(user: User, query: URLSearchParams, nowMs: number): object {
  const { period, start, end } = readModel(span, Object.fromEntries(query));
  const startMs = start ?? nowMs - 30 * dayMs;
  const endMs = end ?? nowMs;
  if (endMs < startMs) throw new Refusal(400, "Start date must be before end date");
  const sums = new Map<number, number>();
  for (const { hourMs, used } of user.hours) {
    if (hourMs < startOf(startMs, period) || hourMs >= endMs) continue;
    const at = startOf(hourMs, period);
    sums.set(at, (sums.get(at) ?? 0) + used);
  }
  const listed = [...sums].toSorted(([one], [other]) => one - other);
  const found = listed.map(([ms, total_traffic]) => ({
    period_start: zonedIso(ms),
    total_traffic,
  }));
  const stats = found.length === 0 ? {} : { "-1": found };
  return { period, start: zonedIso(startMs), end: zonedIso(endMs), stats };
}

/** What else is done to one user. */
export const actionRoutes = (state: State): readonly Route[] => {
  type Act = (user: User, caller: Caller) => User;
  const action = (path: string, permission: string, scope: string, act: Act): Route[] =>
    places.map((place) => ({
      method: "POST",
      path: `/api/user/${place}/${path}`,
      handle: (call) => {
        const caller = permit(state, call, "users", permission);
        return ok(state.view(act(requireUser(state, call, caller, scope), caller)));
      },
    }));
  return [
    ...action("reset", "reset_usage", "update", (user, caller) => reset(state, user, caller)),
    ...action("revoke_sub", "revoke_sub", "revoke_sub", (user, caller) => {
      return revokeSubscription(state, user, caller);
    }),
    ...action("active_next", "activate_next_plan", "update", (user) => {
      return activateNextPlan(state, user);
    }),
    ...places.flatMap((place): Route[] => [
      {
        method: "PUT",
        path: `/api/user/${place}/set_owner`,
        handle: (call) => setOwner(state, call),
      },
      {
        method: "GET",
        path: `/api/user/${place}/usage`,
        handle: (call) => {
          const caller = permit(state, call, "users", "read");
          const { query } = call.request;
          const user = requireUser(state, call, caller, "read");
          return ok(historyOf(user, query, state.core.clock.now()));
        },
      },
    ]),
  ];
};
