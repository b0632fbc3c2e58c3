import { join } from "node:path";
import type { TunnelSettings } from "../../gateways/hosts/registry.ts";
import { awgNode } from "../amneziawg/build.ts";
import { createMemoryDemoHost, startDemoHost } from "../amneziawg/demo-host.ts";
import { writeJson } from "./data-dir.ts";
import type { Started } from "./service.ts";
import type { StartContext } from "./start-context.ts";

/** In devices: slightly fewer than the demo's network has addresses. */
const demoCapacity = 4_000;

/**
 * Uses the operator's own hosts or, in the demo, starts one on this machine: a real AmneziaWG
 * endpoint or, where that cannot be built, a host in memory that carries no traffic.
 * @throws Error when the demo's host cannot be set up.
 */
export async function startVpnHost(context: StartContext): Promise<Started> {
  const { configuration, addresses } = context;
  if (configuration.demo) addresses.awgNode = await buildAwgNode(context);
  if (configuration.hostsFile !== undefined) {
    addresses.hostsFile = configuration.hostsFile;
    addresses.hostKind = "amneziawg";
    return { where: configuration.hostsFile, what: "yours (HOSTS_FILE)" };
  }
  if (!configuration.demo)
    return { where: "", what: "those in the database: set HOSTS_FILE to add yours" };
  const hostsFile = join(configuration.dataDir, "hosts.json");
  const { settings, ...started } = await (
    addresses.awgNode === undefined ? prepareMemoryHost : startRealHost
  )(context);
  writeJson(hostsFile, [{ name: "demo", capacity: demoCapacity, weight: 1, settings }]);
  addresses.demoHostsFile = hostsFile;
  addresses.hostKind = settings.kind;
  return started;
}

async function buildAwgNode(context: StartContext): Promise<string | undefined> {
  try {
    return await awgNode((line) => line.startsWith("building") && context.say(line));
  } catch (error) {
    const [reason] = (error as Error).message.split("\n");
    context.say(`no real VPN host in this demo: ${reason}`);
    return undefined;
  }
}

type DemoHost = Started & { readonly settings: TunnelSettings };

const hostFolder = ({ configuration }: StartContext): string =>
  join(configuration.dataDir, "vpn-host");

async function startRealHost(context: StartContext): Promise<DemoHost> {
  const { process, settings } = await startDemoHost({
    dataDir: hostFolder(context),
    processOptions: context.processOptions("vpn-host"),
  });
  const where = `udp ${settings.endpoint}`;
  return { where, what: "a real AmneziaWG endpoint for the demo", running: process, settings };
}

async function prepareMemoryHost(context: StartContext): Promise<DemoHost> {
  const settings = await createMemoryDemoHost(hostFolder(context));
  return { where: "", what: "in memory: keys look real and do not connect", settings };
}
