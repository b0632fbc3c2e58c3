import type { Caller } from "./admins.ts";
import type { Permissions, Role } from "./roles.ts";

const writing = ["create", "read", "read_simple", "update", "delete"];

/** The kinds of things, and the actions of each, in the order of answers. */
const kinds: Readonly<Record<string, readonly string[]>> = {
  users: [...writing, "reset_usage", "revoke_sub", "set_owner", "activate_next_plan"],
  admins: [...writing, "reset_usage"],
  nodes: [...writing, "reconnect", "update_core", "logs", "stats"],
  groups: writing,
  hosts: ["create", "read", "update"],
  templates: writing,
  client_templates: writing,
  cores: writing,
  settings: ["read", "read_general", "update"],
  system: ["read"],
  hwids: ["read", "delete"],
  admin_roles: writing,
  api_keys: writing,
};

function viewPermissions(permissions: Permissions): object {
  const shown = Object.entries(kinds).map(([kind, actions]) => {
    const known = permissions[kind];
    if (!known) return [kind, null];
    return [kind, Object.fromEntries(actions.map((action) => [action, known[action] ?? null]))];
  });
  return Object.fromEntries(shown) as object;
}

/** The permissions of a key that has none of its own: it may do what its administrator may. */
export const noPermissions: object = viewPermissions({});

const hwid = {
  enabled: true,
  forced: false,
  require_hwid_for_manual_sub: false,
  fallback_limit: null,
  min_limit: null,
  max_limit: null,
  mode: "use_global",
};

/** A role as answers show it: kinds of things that it does not know are null. */
export const viewRole = (role: Role): object => ({
  id: role.id,
  name: role.name,
  is_owner: role.is_owner,
  permissions: viewPermissions(role.permissions),
  limits: { ...role.limits, on_hold_timeout_min: null, on_hold_timeout_max: null },
  features: role.features,
  access: { ...role.access, allowed_template_ids: null, allowed_group_ids: null },
  hwid,
  disabled_when_limited: false,
  disconnect_users_when_limited: true,
  disconnect_users_when_disabled: true,
});

/** An administrator as answers and webhooks show them. */
export const viewCaller = ({ admin, role }: Caller, totalUsers = 0): object => ({
  id: admin.id,
  username: admin.username,
  telegram_id: null,
  discord_webhook: null,
  sub_domain: null,
  profile_title: null,
  support_url: null,
  custom_variables: [],
  notification_enable: null,
  total_users: totalUsers,
  used_traffic: admin.used_traffic,
  data_limit: null,
  status: admin.status,
  sub_template: null,
  lifetime_used_traffic: admin.used_traffic,
  note: null,
  role: viewRole(role),
  permission_overrides: null,
  is_disabled: admin.status === "disabled",
  is_limited: false,
});
