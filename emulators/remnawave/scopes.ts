/**
 * What a token's scopes have to name, by route: the resource and the action
 * [S: endpoint details of 3.3.2]. A read may also be allowed by `<resource>:read`, a write by
 * `<resource>:write`, and everything of a resource by `<resource>:*`.
 */
const scopes: Readonly<Record<string, readonly [resource: string, action: string]>> = {
  "POST /users": ["users", "create"],
  "PATCH /users": ["users", "update"],
  "GET /users": ["users", "list"],
  "GET /users/stream": ["users", "stream"],
  "GET /users/tags": ["users", "list-tags"],
  "POST /users/resolve": ["users", "resolve"],
  "GET /users/by-username/{username}": ["users", "by-username"],
  "GET /users/by-short-uuid/{shortUuid}": ["users", "by-short-uuid"],
  "GET /users/{user}": ["users", "by-id"],
  "DELETE /users/{user}": ["users", "delete"],
  "POST /users/{user}/actions/enable": ["users", "enable"],
  "POST /users/{user}/actions/disable": ["users", "disable"],
  "POST /users/{user}/actions/reset-traffic": ["users", "reset-traffic"],
  "POST /users/{user}/actions/revoke": ["users", "revoke-subscription"],
  "POST /users/{user}/actions/extend": ["users", "extend"],
  "POST /users/bulk/delete": ["users", "bulk-delete"],
  "POST /users/bulk/update": ["users", "bulk-update-users"],
  "POST /users/bulk/reset-traffic": ["users", "bulk-reset-traffic"],
  "POST /users/bulk/revoke-subscription": ["users", "bulk-revoke-subscription"],
  "POST /users/bulk/update-squads": ["users", "bulk-update-squads"],
  "POST /users/bulk/extend-expiration-date": ["users", "bulk-extend-expiration-date"],
  "GET /hwid/devices/{user}": ["hwid-user-devices", "list-by-user"],
  "POST /hwid/devices": ["hwid-user-devices", "create"],
  "POST /hwid/devices/delete": ["hwid-user-devices", "delete"],
  "POST /hwid/devices/delete-all": ["hwid-user-devices", "delete-all"],
  "GET /metadata/user/{user}": ["metadata", "get-user"],
  "PUT /metadata/user/{user}": ["metadata", "upsert-user"],
  "GET /subscriptions/connection-keys/{user}": ["subscriptions", "connection-keys"],
  "GET /subscriptions/by-username/{username}": ["subscriptions", "by-username"],
  "GET /subscriptions/by-short-uuid/{shortUuid}": ["subscriptions", "by-short-uuid-protected"],
  "GET /internal-squads": ["internal-squads", "list"],
  "GET /nodes": ["nodes", "list"],
  "GET /system/stats": ["system", "stats"],
  "GET /system/metadata": ["system", "metadata"],
};

/** What only reads although it is a POST. */
const readingPosts = ["POST /users/resolve"];

/** Whether these scopes allow a route. A route without a scope of its own needs `*`. */
export function mayCall(granted: readonly string[], route: string): boolean {
  if (granted.includes("*")) return true;
  const scope = scopes[route];
  if (scope === undefined) return false;
  const [resource, action] = scope;
  const isRead = route.startsWith("GET ") || readingPosts.includes(route);
  const kind = isRead ? "read" : "write";
  return ["*", kind, action].some((name) => granted.includes(`${resource}:${name}`));
}
