import type { Client } from "./clients.ts";
import type { Entry, Inbound, Inbounds } from "./inbounds.ts";
import type { Traffic } from "./traffics.ts";

/** A client's record as the API shows it; what only other protocols have is empty. */
export const wireClient = (client: Client, flow = client.flow) => ({
  id: client.id,
  email: client.email,
  subId: client.subId,
  uuid: client.uuid,
  password: client.password,
  auth: client.auth,
  flow,
  security: "",
  privateKey: "",
  publicKey: "",
  allowedIPs: "",
  preSharedKey: "",
  keepAlive: 0,
  secret: "",
  adTag: "",
  limitIp: client.limitIp,
  totalGB: client.totalGB,
  expiryTime: client.expiryTime,
  enable: client.enable,
  tgId: client.tgId,
  group: client.group,
  comment: client.comment,
  reset: client.reset,
  createdAt: client.createdAt,
  updatedAt: client.updatedAt,
  reverse: null,
});

/** A row of traffic. Only the one that is asked for by email names its client's keys. */
export const wireTraffic = (row: Traffic, client?: Pick<Client, "uuid" | "subId">) => ({
  id: row.id,
  inboundId: row.inboundId,
  enable: row.enable,
  email: row.email,
  uuid: client?.uuid ?? "",
  subId: client?.subId ?? "",
  up: row.up,
  down: row.down,
  expiryTime: row.expiryTime,
  total: row.total,
  reset: row.reset,
  lastOnline: row.lastOnline,
});

/** A row of a page, which has no keys. */
export const wireSlim = (client: Client, inboundIds: readonly number[], row?: Traffic) => ({
  email: client.email,
  subId: client.subId,
  enable: client.enable,
  totalGB: client.totalGB,
  expiryTime: client.expiryTime,
  limitIp: client.limitIp,
  reset: client.reset,
  ...(client.group === "" ? {} : { group: client.group }),
  ...(client.comment === "" ? {} : { comment: client.comment }),
  // None at all is null.
  inboundIds: inboundIds.length === 0 ? null : inboundIds,
  ...(row === undefined ? {} : { traffic: wireTraffic(row) }),
  createdAt: client.createdAt,
  updatedAt: client.updatedAt,
});

/** A client as an inbound's settings have it; empty credentials are left out. */
const wireEntry = (entry: Entry) => ({
  comment: entry.comment,
  created_at: entry.createdAt,
  email: entry.email,
  enable: entry.enable,
  expiryTime: entry.expiryTime,
  ...(entry.flow === "" ? {} : { flow: entry.flow }),
  ...(entry.group === "" ? {} : { group: entry.group }),
  ...(entry.uuid === "" ? {} : { id: entry.uuid }),
  limitIp: entry.limitIp,
  ...(entry.password === "" ? {} : { password: entry.password }),
  reset: entry.reset,
  security: "",
  subId: entry.subId,
  tgId: entry.tgId,
  totalGB: entry.totalGB,
  updated_at: entry.updatedAt,
});

/** Made up, and always the same. */
export const reality = {
  publicKey: "emulatedRealityPublicKey0000000000000000000",
  shortId: "ab",
  serverName: "example.test",
};

/** An inbound with its clients and their traffic. */
export function wireInbound(
  inbound: Inbound,
  inbounds: Inbounds,
  rows: readonly ReturnType<typeof wireTraffic>[],
  originNodeGuid?: string,
) {
  const { id, remark, enable, port, protocol, security, lastTrafficResetTime } = inbound;
  const clients = inbounds.entriesOf(id).map(wireEntry);
  return {
    id,
    up: 0,
    down: 0,
    total: 0,
    remark,
    subSortIndex: 1,
    enable,
    expiryTime: 0,
    trafficReset: "never",
    trafficResetDay: 1,
    lastTrafficResetTime,
    clientStats: rows,
    listen: "",
    port,
    protocol,
    tag: `in-${port}-tcp`,
    shareAddrStrategy: "node",
    shareAddr: "",
    ...(originNodeGuid === undefined ? {} : { originNodeGuid }),
    settings: { clients, ...(protocol === "vless" ? { decryption: "none" } : {}), fallbacks: [] },
    streamSettings: streamOf(security),
    sniffing: {},
  };
}

function streamOf(security: Inbound["security"]): object {
  if (security === "none") return { network: "tcp", security };
  const { publicKey, shortId, serverName } = reality;
  const settings = { publicKey, fingerprint: "chrome", serverName: "", spiderX: "/" };
  const realitySettings = { serverNames: [serverName], shortIds: [shortId], settings };
  return { network: "tcp", security, realitySettings };
}
