import { cpus, freemem, totalmem } from "node:os";
import { ok, type Reply } from "../../kit/http.ts";
import { boolean, integer, oneOf, text } from "../../panel-kit/checks.ts";
import { nullable, optional, readModel, required } from "../../panel-kit/fields.ts";
import { inbounds, protocols } from "../../panel-kit/inbounds.ts";
import { Refusal } from "../../panel-kit/refusal.ts";
import type { Call, Route } from "../../panel-kit/routing.ts";
import type { Status } from "../../panel-kit/user.ts";
import { type Admin, viewAdmin } from "../admins.ts";
import type { State } from "../state.ts";
import { identify, identifySudo } from "./users.ts";

const credentials = {
  grant_type: optional(nullable(oneOf(["password"])), null),
  username: required(text),
  password: required(text),
};

/** A wrong `grant_type` is refused in other words than a wrong choice elsewhere. */
function signIn(state: State, { body }: Call): Reply {
  const form = body as Readonly<Record<string, unknown>>;
  const grant = form["grant_type"];
  if (grant !== undefined && grant !== "password" && grant !== "") {
    throw new Refusal(422, { grant_type: "String should match pattern 'password'" });
  }
  const { username, password } = readModel(credentials, { ...form, grant_type: null });
  return ok({ access_token: state.admins.signIn(username, password), token_type: "bearer" });
}

const newAdmin = {
  username: required(text),
  is_sudo: required(boolean),
  telegram_id: optional(nullable(integer), null),
  discord_webhook: optional(nullable(text), null),
  password: required(text),
};
const changedAdmin = {
  ...newAdmin,
  username: optional((value) => value, null),
  password: optional(nullable(text), null),
};

function requireAdmin(state: State, { params }: Call): Admin {
  const admin = state.admins.find(params["username"] ?? "");
  if (admin === undefined) throw new Refusal(404, "Admin not found");
  return admin;
}

/** A new password ends the tokens from before. */
function modifyAdmin(state: State, call: Call): Reply {
  const admin = requireAdmin(state, call);
  const current = identifySudo(state, call);
  const given = readModel(changedAdmin, call.body);
  if (admin.username !== current.username && admin.is_sudo) {
    const rest = "Use marzban-cli instead.";
    throw new Refusal(403, `You're not allowed to edit another sudoer's account. ${rest}`);
  }
  const { is_sudo, telegram_id, discord_webhook, password } = given;
  const nowMs = state.core.clock.now();
  const renewed = password ? { password, passwordResetMs: nowMs } : {};
  const contacts = {
    telegram_id: telegram_id ?? admin.telegram_id,
    discord_webhook: discord_webhook ?? admin.discord_webhook,
  };
  const changed: Admin = { ...admin, ...renewed, ...contacts, is_sudo: is_sudo || admin.is_sudo };
  state.admins.save(changed);
  return ok(viewAdmin(changed));
}

function removeAdmin(state: State, call: Call): Reply {
  const admin = requireAdmin(state, call);
  identifySudo(state, call);
  if (admin.is_sudo) {
    const rest = "Use marzban-cli instead.";
    throw new Refusal(403, `You're not allowed to delete sudo accounts. ${rest}`);
  }
  state.admins.remove(admin.username);
  for (const user of state.users.list({ admins: [admin.username] })) {
    state.users.save({ ...user, admin: null });
  }
  return ok({ detail: "Admin removed successfully" });
}

/** Numbers of the machine are the machine's own; those of users are the caller's. */
function describeSystem(state: State, call: Call): Reply {
  const admin = identify(state, call);
  const admins = admin.is_sudo ? undefined : [admin.username];
  const users = state.users.list({ admins });
  const count = (wanted: Status) => users.filter(({ status }) => status === wanted).length;
  const dayAgoMs = state.core.clock.now() - 86_400_000;
  const isOnline = ({ onlineMs }: { onlineMs: number | null }) => (onlineMs ?? 0) >= dayAgoMs;
  const order = ["active", "on_hold", "disabled", "expired", "limited"] as const;
  const counts = order.map((status) => [`users_${status}`, count(status)]);
  return ok({
    version: "0.8.4",
    mem_total: totalmem(),
    mem_used: totalmem() - freemem(),
    cpu_cores: cpus().length,
    cpu_usage: 1,
    total_user: users.length,
    online_users: state.users.list().filter(isOnline).length,
    ...Object.fromEntries(counts),
    incoming_bandwidth: 0,
    outgoing_bandwidth: 0,
    incoming_bandwidth_speed: 0,
    outgoing_bandwidth_speed: 0,
  });
}

function describeInbounds(): Reply {
  const listed = protocols.flatMap((wanted) => {
    const found = inbounds.filter(({ protocol }) => protocol === wanted);
    const shown = found.map(({ tag, protocol, network, tls, port }) => {
      return { tag, protocol, network, tls, port };
    });
    return shown.length === 0 ? [] : [[wanted, shown] as const];
  });
  return ok(Object.fromEntries(listed));
}

/** The host that each inbound has from the beginning. */
const host = {
  remark: "🚀 Marz ({USERNAME}) [{PROTOCOL} - {TRANSPORT}]",
  address: "{SERVER_IP}",
  port: null,
  sni: null,
  host: null,
  path: null,
  security: "inbound_default",
  alpn: "",
  fingerprint: "",
  allowinsecure: null,
  is_disabled: false,
  mux_enable: false,
  fragment_setting: null,
  noise_setting: null,
  random_user_agent: false,
  use_sni_as_host: false,
};

const adminRoutes = (state: State): readonly Route[] => [
  {
    method: "POST",
    path: "/api/admin/token",
    takes: "form",
    handle: (call) => signIn(state, call),
  },
  {
    method: "GET",
    path: "/api/admin",
    handle: (call) => ok(viewAdmin(identify(state, call))),
  },
  {
    method: "POST",
    path: "/api/admin",
    takes: "json",
    handle: (call) => {
      identifySudo(state, call);
      return ok(viewAdmin(state.admins.create(readModel(newAdmin, call.body))));
    },
  },
  {
    method: "PUT",
    path: "/api/admin/{username}",
    takes: "json",
    handle: (call) => modifyAdmin(state, call),
  },
  {
    method: "DELETE",
    path: "/api/admin/{username}",
    handle: (call) => removeAdmin(state, call),
  },
  {
    method: "GET",
    path: "/api/admins",
    handle: (call) => {
      identifySudo(state, call);
      return ok(state.admins.list().map(viewAdmin));
    },
  },
];

/** Administrators, and what the panel tells of itself. */
export const systemRoutes = (state: State): readonly Route[] => [
  ...adminRoutes(state),
  { method: "GET", path: "/api/system", handle: (call) => describeSystem(state, call) },
  {
    method: "GET",
    path: "/api/inbounds",
    handle: (call) => {
      identify(state, call);
      return describeInbounds();
    },
  },
  {
    method: "GET",
    path: "/api/hosts",
    handle: (call) => {
      identifySudo(state, call);
      return ok(Object.fromEntries(inbounds.map(({ tag }) => [tag, [host]])));
    },
  },
  {
    method: "GET",
    path: "/api/nodes",
    handle: (call) => {
      identifySudo(state, call);
      return ok([]);
    },
  },
  {
    method: "GET",
    path: "/api/user_template",
    handle: (call) => {
      identify(state, call);
      return ok([]);
    },
  },
  {
    method: "GET",
    path: "/api/core",
    handle: (call) => {
      identify(state, call);
      return ok({ version: "1.8.24", started: true, logs_websocket: "/api/core/logs" });
    },
  },
];
