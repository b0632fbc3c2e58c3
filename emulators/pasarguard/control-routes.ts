import * as z from "zod";
import type { Routes } from "../kit/app.ts";
import { withBody } from "../kit/controls.ts";
import { HttpError } from "../kit/http.ts";
import { deletionControls, servePanelControls } from "../panel-kit/control-routes.ts";
import type { Caller } from "./admins.ts";
import { hwidSettings } from "./hwid.ts";
import { noLimits, type Role } from "./roles.ts";
import { addUser, deleteUser, modifyUser } from "./routes/users.ts";
import type { State } from "./state.ts";

const added = z.looseObject({ username: z.string(), admin: z.string().optional() });
const edited = z.looseObject({ username: z.string() });
const admin = z.strictObject({
  username: z.string(),
  password: z.string(),
  /** The name of a role. */
  role: z.string().default("shop"),
});
const changedAdmin = z.strictObject({
  username: z.string(),
  password: z.string().optional(),
  disabled: z.boolean().optional(),
});
const permission = z.union([z.boolean(), z.strictObject({ scope: z.int() }), z.null()]);
const limit = z.int().nullable().optional();
const limits = z.strictObject({
  max_users: limit,
  data_limit_min: limit,
  data_limit_max: limit,
  expire_min: limit,
  expire_max: limit,
  min_hwid_per_user: limit,
  max_hwid_per_user: limit,
});
const role = z.strictObject({
  name: z.string(),
  /** Of each kind of thing; without it, those of the role `shop`. */
  permissions: z.record(z.string(), z.record(z.string(), permission).nullable()).optional(),
  limits: limits.default({}),
  features: z
    .strictObject({
      can_use_reset_strategy: z.boolean().default(true),
      can_use_next_plan: z.boolean().default(true),
    })
    .prefault({}),
  access: z.strictObject({ require_template: z.boolean().default(false) }).prefault({}),
});
const group = z.strictObject({ name: z.string(), inbound_tags: z.array(z.string()) });
const hosts = z.strictObject({ configured: z.boolean() });

/** An operator at the dashboard, who is the owner unless another administrator is named. */
function callerOf(state: State, username = state.options.ownerUsername): Caller {
  const found = state.admins.findByName(username);
  const by = found && state.admins.roles.get(found.roleId);
  if (found === undefined || by === undefined) {
    throw new HttpError(404, `there is no administrator ${username}`);
  }
  return { admin: found, role: by };
}

function addRole(state: State, given: z.output<typeof role>): Role {
  const shop = [...state.admins.roles.values()].find(({ name }) => name === "shop");
  const permissions = given.permissions ?? shop?.permissions ?? {};
  const values = Object.entries(given.limits).map(([name, value]) => [name, value ?? null]);
  const kept = { ...noLimits, ...Object.fromEntries(values) };
  const { name, features, access } = given;
  const id = state.core.nextId("roles");
  const made: Role = { id, name, is_owner: false, permissions, limits: kept, features, access };
  state.admins.roles.set(id, made);
  return made;
}

function changeAdmin(state: State, given: z.output<typeof changedAdmin>): object {
  const { admin: found } = callerOf(state, given.username);
  const { password, disabled } = given;
  const renewed = password ? { password, passwordResetMs: state.core.clock.now() } : {};
  const status = disabled === undefined ? found.status : disabled ? "disabled" : "active";
  const { id, username } = state.admins.save({ ...found, ...renewed, status });
  return { id, username, status };
}

/** What tests and the demo may do to the panel: `/control/…`. */
export const controlRoutes = (state: State): Routes =>
  servePanelControls(state, {
    "POST /control/users": withBody(added, ({ admin: owner, ...body }) => {
      return addUser(state, body, callerOf(state, owner));
    }),
    "PUT /control/users": withBody(edited, ({ username, ...body }) => {
      return modifyUser(state, state.requireUser(username), body, callerOf(state));
    }),
    ...deletionControls(
      (username) => state.requireUser(username),
      (user) => deleteUser(state, user, callerOf(state)),
    ),
    "POST /control/admins": withBody(admin, ({ username, password, role: roleName }) => {
      const { id } = state.admins.create(username, password, roleName);
      return { id, username };
    }),
    "PUT /control/admins": withBody(changedAdmin, (given) => changeAdmin(state, given)),
    "POST /control/roles": withBody(role, (given) => addRole(state, given)),
    "POST /control/groups": withBody(group, (given) => state.groups.create(given)),
    "PUT /control/hosts": withBody(hosts, ({ configured }) => {
      state.hasHosts = configured;
      return { configured };
    }),
    "PUT /control/hwid": withBody(hwidSettings, (settings) => {
      state.hwid = settings;
      return settings;
    }),
  });
