import * as z from "zod";
import { type ApiRoutesTable, parse, respond } from "./answers.ts";
import { wireDevice } from "./devices.ts";
import { nodeUuid } from "./node.ts";
import { CodedRefusal } from "./refusal.ts";
import { device, metadata } from "./schemas.ts";
import type { Inbound } from "./squads.ts";
import type { State } from "./state.ts";
import { connectionKeys, describe } from "./subscriptions.ts";
import { keyField, keyOfPath } from "./user-keys.ts";
import type { User } from "./users.ts";
import { iso } from "./wire.ts";

/** Devices, metadata, subscriptions of the panel's own, and what describes the panel. */
export const otherRoutes = (state: State): ApiRoutesTable => ({
  ...deviceRoutes(state),
  ...metadataRoutes(state),
  ...subscriptionRoutes(state),
  ...descriptionRoutes(state),
  "GET /tokens": () => {
    throw new CodedRefusal("A004");
  },
});

function deviceRoutes({ devices, panel, options: { version } }: State): ApiRoutesTable {
  const list = (user: User) => {
    const all = devices.list(user).map((one) => wireDevice(one, user, version));
    return respond({ total: all.length, devices: all });
  };
  const key = keyField(version);
  return {
    "GET /hwid/devices/{user}": ({ params }) => {
      return list(panel.require(keyOfPath(version, params["user"])));
    },
    "POST /hwid/devices": ({ body }) => {
      const user = panel.require(parse(key, body));
      devices.add(user, parse(z.object(device), body));
      return list(user);
    },
    "POST /hwid/devices/delete": ({ body }) => {
      const user = panel.require(parse(key, body));
      devices.delete(user, parse(z.object({ hwid: z.string() }), body).hwid);
      return list(user);
    },
    "POST /hwid/devices/delete-all": ({ body }) => {
      const user = panel.require(parse(key, body));
      devices.deleteAll(user);
      return list(user);
    },
  };
}

/** Free JSON beside a user. */
function metadataRoutes({ users, metadata: rows, options: { version } }: State): ApiRoutesTable {
  return {
    "GET /metadata/user/{user}": ({ params }) => {
      const id = users.find(keyOfPath(version, params["user"]))?.id;
      const found = id === undefined ? undefined : rows.get(id);
      if (found === undefined) throw new CodedRefusal("A226");
      return respond({ metadata: found });
    },
    "PUT /metadata/user/{user}": ({ params, body }) => {
      const given = parse(metadata, body);
      const user = users.find(keyOfPath(version, params["user"]));
      if (user === undefined) throw new CodedRefusal("A001");
      rows.set(user.id, given.metadata);
      return respond(given);
    },
  };
}

const subscriptionRoutes = (state: State): ApiRoutesTable => ({
  "GET /subscriptions/connection-keys/{user}": ({ params }) => {
    const key = keyOfPath(state.options.version, params["user"]);
    return respond(connectionKeys(state, state.panel.require(key)));
  },
  "GET /subscriptions/by-username/{username}": ({ params }) => {
    return respond(describe(state, state.panel.require({ username: params["username"] }), true));
  },
  "GET /subscriptions/by-short-uuid/{shortUuid}": ({ params }) => {
    return respond(describe(state, state.panel.require({ shortUuid: params["shortUuid"] }), true));
  },
});

/** Made-up uuids, always the same. */
const profileUuid = "1c9e4b70-52d8-4f3e-8b1a-6d0f7c2e9a35";

const descriptionRoutes = (state: State): ApiRoutesTable => ({
  "GET /system/metadata": () => {
    const version = state.options.version === "3" ? "3.3.2" : "2.7.4";
    const build = { time: "2026-08-20T03:01:47.000Z", number: "0" };
    const git = {
      backend: { commitSha: "emulated", branch: "main", commitUrl: "" },
      frontend: { commitSha: "emulated", commitUrl: "" },
    };
    return respond({ version, build, git });
  },
  "GET /system/stats": () => respond(statistics(state)),
  "GET /internal-squads": () => {
    const internalSquads = state.squads.list().map(({ inbounds, createdAt, ...squad }, at) => ({
      ...squad,
      viewPosition: at + 1,
      info: {
        membersCount: state.users.list().filter(({ squads }) => squads.includes(squad.uuid)).length,
        inboundsCount: inbounds.length,
      },
      inbounds: inbounds.map(wireInbound),
      createdAt: iso(createdAt),
      updatedAt: iso(createdAt),
    }));
    return respond({ total: internalSquads.length, internalSquads });
  },
  "GET /nodes": () => respond([wireNode(state)]),
});

const wireInbound = ({ uuid, tag, type, port }: Inbound) => ({
  uuid,
  profileUuid,
  tag,
  type,
  network: "tcp",
  security: "tls",
  port,
  rawInbound: null,
});

function statistics({ users, clock, node }: State) {
  const all = users.list();
  const count = (fits: (user: User) => boolean) => all.filter(fits).length;
  const seenSince = (ms: number) =>
    count(({ onlineAt }) => onlineAt !== null && onlineAt >= clock.now() - ms);
  const statuses = ["DISABLED", "LIMITED", "EXPIRED", "ACTIVE"] as const;
  const counts = statuses.map((name) => [name, count(({ status }) => status === name)] as const);
  return {
    cpu: { cores: 2 },
    memory: { total: 4_294_967_296, free: 2_147_483_648, used: 2_147_483_648 },
    uptime: 3_600,
    timestamp: clock.now(),
    users: { statusCounts: Object.fromEntries(counts), totalUsers: all.length },
    onlineStats: {
      lastDay: seenSince(86_400_000),
      lastWeek: seenSince(604_800_000),
      neverOnline: count(({ onlineAt }) => onlineAt === null),
      onlineNow: seenSince(30_000),
    },
    nodes: {
      totalOnline: node.isAway ? 0 : 1,
      totalBytesLifetime: String(all.reduce((sum, { lifetime }) => sum + lifetime, 0)),
    },
  };
}

/** The one node; what the panel knows of its machine is left out. */
function wireNode({ node, squads, createdAt }: State) {
  const inbounds = squads.list().flatMap((squad) => squad.inbounds.map(wireInbound));
  return {
    uuid: nodeUuid,
    id: 1,
    name: "Emulated node",
    address: "127.0.0.1",
    port: 2222,
    isConnected: !node.isAway,
    isDisabled: false,
    isConnecting: false,
    countryCode: "XX",
    consumptionMultiplier: 1,
    createdAt: iso(createdAt),
    updatedAt: iso(createdAt),
    configProfile: { activeConfigProfileUuid: profileUuid, activeInbounds: inbounds },
    versions: { xray: "26.7.28", node: "2.8.0" },
    usersOnline: 0,
  };
}
