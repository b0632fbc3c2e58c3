import { ok, type Reply } from "../../kit/http.ts";
import { text } from "../../panel-kit/checks.ts";
import { newUuid } from "../../panel-kit/checks.ts";
import { readModel, required } from "../../panel-kit/fields.ts";
import type { Credential } from "../../panel-kit/inbounds.ts";
import { newPassword } from "../../panel-kit/passwords.ts";
import { Refusal } from "../../panel-kit/refusal.ts";
import type { Call, Route } from "../../panel-kit/routing.ts";
import { type ChangedUser, changeUser } from "../changes.ts";
import { startNextPlan } from "../review.ts";
import type { State } from "../state.ts";
import { usageOf } from "../usage.ts";
import { isPoisoned } from "../user-view.ts";
import { type User, withReset } from "../user.ts";
import { identifySudo, requireUser } from "./users.ts";

/**
 * Begins the used traffic anew. It means to spare expired and disabled users, and spares expired
 * ones alone; one on hold becomes active without an end.
 */
function resetUsage(state: State, call: Call): Reply {
  const { user, admin } = requireUser(state, call);
  const reset: User = { ...withReset(user, state.core.clock.now()), next_plan: null };
  const changed = state.users.save({
    ...reset,
    status: user.status === "expired" ? "expired" : "active",
  });
  if (changed.status === "active") call.after(() => state.tellCore("add", changed));
  const view = state.view(changed);
  call.after(() => state.events.tell("data_usage_reset", view, admin));
  return ok(view);
}

/** Starts the next plan, and then does not find it: it answers 404 once all is done. */
function activateNextPlan(state: State, call: Call): Reply {
  const { user } = requireUser(state, call);
  if (user.next_plan !== null) state.users.save(startNextPlan(user, state.core.clock.now()));
  throw new Refusal(404, "User doesn't have next plan");
}

const renewed = (settings: Credential): Credential => ({
  ...settings,
  ...(settings.id === undefined ? {} : { id: newUuid() }),
  ...(settings.password === undefined ? {} : { password: newPassword(16) }),
});

/** All that a user has, as a change would send it. */
function asChange(user: User): ChangedUser {
  const entries = user.proxies.map(({ type, settings }) => [type, renewed(settings)]);
  return {
    proxies: Object.fromEntries(entries) as ChangedUser["proxies"],
    inbounds: {},
    expire: user.expire,
    data_limit: user.data_limit,
    data_limit_reset_strategy: user.data_limit_reset_strategy,
    note: user.note,
    on_hold_expire_duration: user.on_hold_expire_duration,
    on_hold_timeout: user.onHoldTimeoutMs,
    auto_delete_in_days: user.auto_delete_in_days,
    next_plan: user.next_plan,
    status: user.status,
  };
}

/** New credentials, and links from before are no longer good. */
function revokeSubscription(state: State, call: Call): Reply {
  const { user, admin } = requireUser(state, call);
  // It shows the user first, and writes nothing about one that cannot be shown.
  if (isPoisoned(user)) state.view(user);
  const nowMs = state.core.clock.now();
  const revoked = changeUser({ ...user, subRevokedMs: nowMs }, asChange(user), nowMs);
  const changed = state.users.save(revoked);
  const isOpen = changed.status === "active" || changed.status === "on_hold";
  if (isOpen) call.after(() => state.tellCore("set", changed));
  const view = state.view(changed);
  call.after(() => state.events.tell("subscription_revoked", view, admin));
  return ok(view);
}

const newOwner = { admin_username: required(text) };

function setOwner(state: State, call: Call): Reply {
  const { user } = requireUser(state, call);
  identifySudo(state, call);
  const query = Object.fromEntries(call.request.query);
  const { admin_username } = readModel(newOwner, query);
  if (!state.admins.find(admin_username)) throw new Refusal(404, "Admin not found");
  return ok(state.view(state.users.save({ ...user, admin: admin_username })));
}

/** What else is done to one user. */
export const actionRoutes = (state: State): readonly Route[] => [
  {
    method: "POST",
    path: "/api/user/{username}/reset",
    handle: (call) => resetUsage(state, call),
  },
  {
    method: "POST",
    path: "/api/user/{username}/active-next",
    handle: (call) => activateNextPlan(state, call),
  },
  {
    method: "POST",
    path: "/api/user/{username}/revoke_sub",
    handle: (call) => revokeSubscription(state, call),
  },
  {
    method: "PUT",
    path: "/api/user/{username}/set-owner",
    handle: (call) => setOwner(state, call),
  },
  {
    method: "GET",
    path: "/api/user/{username}/usage",
    handle: (call) => {
      const { user } = requireUser(state, call);
      const usages = usageOf([user], call.request.query, state.core.clock.now());
      return ok({ username: user.username, usages });
    },
  },
];
