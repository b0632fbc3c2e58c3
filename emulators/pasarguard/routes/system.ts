import { cpus, freemem, totalmem } from "node:os";
import { ok, type Reply } from "../../kit/http.ts";
import { boolean, integer, listOf, textOf, text } from "../../panel-kit/checks.ts";
import {
  type Check,
  invalid,
  nullable,
  optional,
  readModel,
  required,
} from "../../panel-kit/fields.ts";
import { inbounds } from "../../panel-kit/inbounds.ts";
import { Refusal } from "../../panel-kit/refusal.ts";
import type { Call, Route } from "../../panel-kit/routing.ts";
import type { Status } from "../../panel-kit/user.ts";
import { viewCaller } from "../admin-view.ts";
import type { Caller } from "../admins.ts";
import type { Group } from "../groups.ts";
import { isOwnOnly } from "../roles.ts";
import type { State } from "../state.ts";
import type { User } from "../user.ts";
import { permit } from "./callers.ts";
import { empty } from "./users.ts";

/** Numbers of the machine are the machine's own; those of users are the caller's. */
function describeSystem(state: State, call: Call): Reply {
  const { admin, role } = permit(state, call, "system", "read");
  const isMine = ({ adminId }: User) => !isOwnOnly(role, "users", "read") || adminId === admin.id;
  const users = state.users.list().filter(isMine);
  const count = (wanted: Status) => users.filter(({ status }) => status === wanted).length;
  const nowMs = state.core.clock.now();
  const isOnline = ({ onlineMs }: User) => (onlineMs ?? 0) >= nowMs - 120_000;
  const order = ["active", "on_hold", "disabled", "expired", "limited"] as const;
  return ok({
    total_user: users.length,
    online_users: users.filter(isOnline).length,
    ...Object.fromEntries(order.map((status) => [`${status}_users`, count(status)])),
    incoming_bandwidth: 0,
    outgoing_bandwidth: 0,
    version: "5.2.1",
    uptime_seconds: Math.floor((nowMs - state.startedMs) / 1_000),
    mem_total: totalmem(),
    mem_used: totalmem() - freemem(),
    disk_total: 0,
    disk_used: 0,
    cpu_cores: cpus().length,
    cpu_usage: 0,
  });
}

const someTags: Check<readonly string[]> = (value, earlier) => {
  const tags = listOf(text)(value, earlier);
  if (tags.length > 0) return tags;
  throw invalid("Value error, you must select at least one inbound");
};

const newGroup = {
  name: required(textOf({ min: 3, max: 64 })),
  inbound_tags: required(someTags),
  is_disabled: optional(boolean, false),
};
/** Without tags, a group loses all; null leaves them. */
const changedGroup = {
  ...newGroup,
  inbound_tags: optional(nullable(listOf(text)), [] as readonly string[]),
};

function viewGroup(state: State, { id, name, inbound_tags, is_disabled }: Group): object {
  const total_users = state.users.list().filter(({ group_ids }) => group_ids.includes(id)).length;
  return { name, inbound_tags, is_disabled, id, total_users };
}

function refuseTags(tags: readonly string[]): void {
  const unknown = tags.find((tag) => !inbounds.some((inbound) => inbound.tag === tag));
  if (unknown !== undefined) throw new Refusal(400, `${unknown} not found`);
}

function createGroup(state: State, call: Call): Reply {
  permit(state, call, "groups", "create");
  const given = readModel(newGroup, call.body);
  refuseTags(given.inbound_tags);
  return { status: 201, body: viewGroup(state, state.groups.create(given)) };
}

/** @throws Refusal 403, 404, 422. */
function requireGroup(state: State, call: Call, action: string): Group {
  permit(state, call, "groups", action);
  const { group_id } = readModel({ group_id: required(integer) }, call.params);
  const group = state.groups.find(group_id);
  if (group === undefined) throw new Refusal(404, "Group not found");
  return group;
}

/** Sends all users of the group to the node. */
function tellUsersOf(state: State, { id }: Group): void {
  for (const user of state.users.list()) if (user.group_ids.includes(id)) state.tellNode(user);
}

function modifyGroup(state: State, call: Call): Reply {
  const group = requireGroup(state, call, "update");
  const { inbound_tags, ...given } = readModel(changedGroup, call.body);
  refuseTags(inbound_tags ?? []);
  const tags = inbound_tags ?? group.inbound_tags;
  const changed = state.groups.save({ ...group, ...given, inbound_tags: tags });
  tellUsersOf(state, changed);
  return ok(viewGroup(state, changed));
}

function removeGroup(state: State, call: Call): Reply {
  const group = requireGroup(state, call, "delete");
  state.groups.remove(group);
  for (const user of state.users.list()) {
    if (!user.group_ids.includes(group.id)) continue;
    const group_ids = user.group_ids.filter((id) => id !== group.id);
    state.tellNode(state.users.save({ ...user, group_ids }));
  }
  return empty;
}

const groupRoutes = (state: State): readonly Route[] => [
  { method: "POST", path: "/api/group", takes: "json", handle: (call) => createGroup(state, call) },
  {
    method: "GET",
    path: "/api/groups",
    handle: (call) => {
      permit(state, call, "groups", "read");
      const groups = state.groups.list().map((group) => viewGroup(state, group));
      return ok({ groups, total: groups.length });
    },
  },
  {
    method: "GET",
    path: "/api/groups/simple",
    handle: (call) => {
      permit(state, call, "groups", "read_simple");
      const groups = state.groups.list().map(({ id, name }) => ({ id, name }));
      return ok({ groups, total: groups.length });
    },
  },
  {
    method: "GET",
    path: "/api/group/{group_id}",
    handle: (call) => ok(viewGroup(state, requireGroup(state, call, "read"))),
  },
  {
    method: "PUT",
    path: "/api/group/{group_id}",
    takes: "json",
    handle: (call) => modifyGroup(state, call),
  },
  { method: "DELETE", path: "/api/group/{group_id}", handle: (call) => removeGroup(state, call) },
];

const hostOf = (tag: string, at: number, address: string): object => ({
  id: at + 1,
  remark: "{USERNAME} [{PROTOCOL} - {TRANSPORT}]",
  address: [address],
  inbound_tag: tag,
  port: null,
  sni: [],
  host: [],
  path: null,
  security: "inbound_default",
  alpn: [],
  fingerprint: "",
  allowinsecure: null,
  is_disabled: false,
  priority: 1,
  status: [],
});

function describeAdmins(state: State, call: Call): Reply {
  permit(state, call, "admins", "read");
  const all = state.admins.list();
  const admins = all.flatMap((admin) => {
    const role = state.admins.roles.get(admin.roleId);
    return role === undefined ? [] : [viewAdminOf(state, { admin, role })];
  });
  const count = (wanted: string) => all.filter(({ status }) => status === wanted).length;
  const counts = { active: count("active"), disabled: count("disabled"), limited: 0 };
  return ok({ admins, total: all.length, ...counts });
}

const viewAdminOf = (state: State, caller: Caller): object => {
  const mine = state.users.list().filter(({ adminId }) => adminId === caller.admin.id);
  return viewCaller(caller, mine.length);
};

/** What the panel tells of itself: numbers, groups, inbounds, hosts, administrators. */
export const systemRoutes = (state: State): readonly Route[] => [
  { method: "GET", path: "/api/system", handle: (call) => describeSystem(state, call) },
  {
    method: "GET",
    path: "/api/inbounds",
    handle: (call) => {
      permit(state, call, "system", "read");
      return ok(inbounds.map(({ tag }) => tag));
    },
  },
  ...groupRoutes(state),
  {
    method: "GET",
    path: "/api/hosts",
    handle: (call) => {
      permit(state, call, "hosts", "read");
      const { serverAddress } = state.options;
      const shown = state.hasHosts ? inbounds : [];
      return ok(shown.map(({ tag }, at) => hostOf(tag, at, serverAddress)));
    },
  },
  {
    method: "GET",
    path: "/api/nodes",
    handle: (call) => {
      permit(state, call, "nodes", "read");
      return ok({ nodes: [], total: 0 });
    },
  },
  {
    method: "GET",
    path: "/api/settings",
    handle: (call) => {
      permit(state, call, "settings", "read");
      return ok({ hwid: { ...state.hwid, min_limit: null, max_limit: null } });
    },
  },
  {
    method: "GET",
    path: "/api/admin",
    handle: (call) => ok(viewAdminOf(state, state.admins.identify(call.request.raw.headers))),
  },
  { method: "GET", path: "/api/admins", handle: (call) => describeAdmins(state, call) },
];
