import { type ApiRoute, read } from "./routes.ts";
import type { State } from "./state.ts";
import type { Inbound } from "./inbounds.ts";
import type { Traffic } from "./traffics.ts";
import { wireInbound, wireTraffic } from "./wire.ts";

/** A made-up identity of the panel, always the same. */
const panelGuid = "8d1c5e7a-3b92-4f06-a1d4-5c7e9b2f0d68";

/** What describes the panel and its inbounds. */
export const otherRoutes = (state: State): Readonly<Record<string, ApiRoute>> => ({
  "GET /server/status": read("obtain", () => statusOf(state)),
  "GET /inbounds/list": read("obtain", () => {
    return state.inbounds.list().map((inbound) => describe(state, inbound, panelGuid));
  }),
  "GET /inbounds/options": read("obtain", () => {
    return state.inbounds.list().map(({ id, remark, protocol, port, enable, security }) => ({
      id,
      remark,
      tag: `in-${port}-tcp`,
      protocol,
      port,
      enable,
      tlsFlowCapable: security === "reality",
      ssMethod: "",
      listen: "",
    }));
  }),
  "GET /inbounds/get/{id}": read("obtain", ({ params }) => {
    return describe(state, state.inbounds.require(Number(params["id"])));
  }),
});

const byId = (one: Traffic, other: Traffic): number => one.id - other.id;

function describe({ inbounds, traffics }: State, inbound: Inbound, originNodeGuid?: string) {
  // First the rows of those who were last put on this inbound, even if they are gone from it.
  const own = traffics.list().filter(({ inboundId }) => inboundId === inbound.id);
  const listed = new Set(own.map(({ email }) => email.toLowerCase()));
  const others = inbounds.entriesOf(inbound.id).flatMap(({ email }) => {
    const row = traffics.find(email);
    return row === undefined || listed.has(email.toLowerCase()) ? [] : [row];
  });
  const rows = [...own.toSorted(byId), ...others].map((row) => {
    return wireTraffic(row, inbounds.findEntry(inbound.id, row.email));
  });
  return wireInbound(inbound, inbounds, rows, originNodeGuid);
}

/** What the machine does is made up. */
const statusOf = ({ core }: State) => ({
  cpu: 1.5,
  cpuCores: 2,
  logicalPro: 2,
  cpuSpeedMhz: 2_600,
  mem: { current: 1_073_741_824, total: 4_294_967_296 },
  swap: { current: 0, total: 0 },
  disk: { current: 10_737_418_240, total: 42_949_672_960 },
  xray:
    core.state === "dying"
      ? { state: "error", errorMsg: "exit status 23", version: "Unknown" }
      : { state: "running", errorMsg: "", version: "26.7.28" },
  panelVersion: "3.6.0",
  panelGuid,
  uptime: 3_600,
  loads: [0.1, 0.1, 0.1],
  tcpCount: 10,
  udpCount: 0,
  netIO: { up: 0, down: 0, pktUp: 0, pktDown: 0 },
  netTraffic: { sent: 0, recv: 0, pktSent: 0, pktRecv: 0 },
  publicIP: { ipv4: "N/A", ipv6: "N/A" },
  appStats: { threads: 22, mem: 94_400_512, uptime: 3_600 },
});
