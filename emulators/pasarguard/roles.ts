import { Refusal } from "../panel-kit/refusal.ts";

/** Own users alone, or those of all administrators. */
export const scopes = { none: 0, own: 1, all: 2 } as const;

type Permission = boolean | { readonly scope: number } | null;

/** What a role may do, by kind of thing and by action; what is not named is denied. */
export type Permissions = Readonly<Record<string, Readonly<Record<string, Permission>> | null>>;

/** What users of a role's administrators may be; null: anything. Bytes, seconds, devices. */
export interface RoleLimits {
  readonly max_users: number | null;
  readonly data_limit_min: number | null;
  readonly data_limit_max: number | null;
  readonly expire_min: number | null;
  readonly expire_max: number | null;
  readonly min_hwid_per_user: number | null;
  readonly max_hwid_per_user: number | null;
}

/** A role of administrators. */
export interface Role {
  readonly id: number;
  readonly name: string;
  readonly is_owner: boolean;
  readonly permissions: Permissions;
  readonly limits: RoleLimits;
  readonly features: {
    readonly can_use_reset_strategy: boolean;
    readonly can_use_next_plan: boolean;
  };
  readonly access: { readonly require_template: boolean };
}

/** No limits. */
export const noLimits: RoleLimits = {
  max_users: null,
  data_limit_min: null,
  data_limit_max: null,
  expire_min: null,
  expire_max: null,
  min_hwid_per_user: null,
  max_hwid_per_user: null,
};

const userActions = [
  "read",
  "read_simple",
  "update",
  "delete",
  "reset_usage",
  "revoke_sub",
  "activate_next_plan",
];

const usersWithin = (scope: number) => ({
  create: true,
  set_owner: scope === scopes.all ? true : null,
  ...Object.fromEntries(userActions.map((action) => [action, { scope }])),
});

const yes = (...actions: readonly string[]) =>
  Object.fromEntries(actions.map((action) => [action, true]));

const keysWithin = (scope: number, create: boolean | null) => ({
  create,
  ...Object.fromEntries(["read", "read_simple", "update", "delete"].map((of) => [of, { scope }])),
});

const writing = ["create", "read", "read_simple", "update", "delete"];

const administrator: Permissions = {
  users: usersWithin(scopes.all),
  admins: yes(...writing, "reset_usage"),
  nodes: yes(...writing, "reconnect", "update_core", "logs", "stats"),
  groups: yes(...writing),
  hosts: yes("create", "read", "update"),
  settings: yes("read", "read_general", "update"),
  system: yes("read"),
  hwids: yes("read", "delete"),
  admin_roles: yes("read", "read_simple"),
  api_keys: keysWithin(scopes.all, true),
};

/** The panel's own role for administrators with users of their own. It makes no API keys. */
const operator: Permissions = {
  users: usersWithin(scopes.own),
  groups: yes("read_simple"),
  settings: yes("read_general"),
  system: yes("read"),
  hwids: yes("read", "delete"),
  api_keys: keysWithin(scopes.own, null),
};

/** The role that an owner would make for a shop. */
const shop: Permissions = {
  users: usersWithin(scopes.own),
  groups: yes("read", "read_simple"),
  hosts: yes("read"),
  system: yes("read"),
  hwids: yes("read", "delete"),
  api_keys: keysWithin(scopes.own, true),
};

const role = (id: number, name: string, permissions: Permissions): Role => ({
  id,
  name,
  is_owner: name === "owner",
  permissions,
  limits: noLimits,
  features: { can_use_reset_strategy: true, can_use_next_plan: true },
  access: { require_template: false },
});

/** The roles that are there from the beginning. */
export const firstRoles: readonly Role[] = [
  role(1, "owner", administrator),
  role(2, "administrator", administrator),
  role(3, "operator", operator),
  role(4, "shop", shop),
];

const permissionOf = ({ permissions }: Role, kind: string, action: string): Permission =>
  permissions[kind]?.[action] ?? null;

const scopeIn = (permission: Permission): number | undefined =>
  typeof permission === "object" ? permission?.scope : undefined;

/** @throws Refusal 403 that names what is not permitted. */
export function enforce(by: Role, kind: string, action: string): void {
  if (by.is_owner) return;
  const permission = permissionOf(by, kind, action);
  if (!permission || scopeIn(permission) === scopes.none) {
    throw new Refusal(403, `Permission denied: ${kind}.${action}`);
  }
}

/** Whether an action is limited to one's own; a permission that is missing limits nothing. */
export const isOwnOnly = (by: Role, kind: string, action: string): boolean =>
  !by.is_owner && scopeIn(permissionOf(by, kind, action)) === scopes.own;

/** For what touches the users of all. @throws Refusal 403. */
export function enforceAll(by: Role, kind: string, action: string): void {
  enforce(by, kind, action);
  const permission = permissionOf(by, kind, action);
  if (by.is_owner || permission === true || scopeIn(permission) === scopes.all) return;
  throw new Refusal(403, `Permission denied: ${kind}.${action} requires scope=all`);
}
