import { join } from "node:path";
import type { HostSettings } from "../../gateways/hosts/registry.ts";
import { awgNode } from "../amneziawg/build.ts";
import { memoryDemoHost, startDemoHost } from "../amneziawg/demo-host.ts";
import { writeJson } from "./data-dir.ts";
import type { Started } from "./service.ts";
import type { StartContext } from "./start-context.ts";

/** As many devices as the demo's network has addresses, or nearly. */
const demoCapacity = 4_000;

/**
 * The person's own hosts, or in the demo one on this machine: a real AmneziaWG endpoint, and where
 * that cannot be built one that lives in memory and carries nothing.
 * @throws Error when the demo's host cannot be set up.
 */
export async function vpnHost(stage: StartContext): Promise<Started> {
  const { configuration, addresses } = stage;
  if (configuration.demo) addresses.awgNode = await builtAwgNode(stage);
  if (configuration.hostsFile !== undefined) {
    addresses.hostsFile = configuration.hostsFile;
    addresses.hostKind = "amneziawg";
    return { where: configuration.hostsFile, what: "yours (HOSTS_FILE)" };
  }
  if (!configuration.demo)
    return { where: "", what: "those in the database: set HOSTS_FILE to add yours" };
  const hostsFile = join(configuration.dataDir, "hosts.json");
  const { settings, ...started } = await (addresses.awgNode === undefined ? memory : real)(stage);
  writeJson(hostsFile, [{ name: "demo", capacity: demoCapacity, weight: 1, settings }]);
  addresses.hostsFile = hostsFile;
  addresses.hostKind = settings.kind;
  return started;
}

async function builtAwgNode(stage: StartContext): Promise<string | undefined> {
  try {
    return await awgNode((line) => line.startsWith("building") && stage.say(line));
  } catch (error) {
    const [reason] = (error as Error).message.split("\n");
    stage.say(`no real VPN host in this demo: ${reason}`);
    return undefined;
  }
}

type DemoHost = Started & { readonly settings: HostSettings };

const hostFolder = ({ configuration }: StartContext): string =>
  join(configuration.dataDir, "vpn-host");

async function real(stage: StartContext): Promise<DemoHost> {
  const options = { dataDir: hostFolder(stage), care: stage.care("vpn-host") };
  const { process, settings } = await startDemoHost(options);
  const where = `udp ${settings.endpoint}`;
  return { where, what: "a real AmneziaWG endpoint for the demo", running: process, settings };
}

async function memory(stage: StartContext): Promise<DemoHost> {
  const settings = await memoryDemoHost(hostFolder(stage));
  return { where: "", what: "in memory: keys look real and do not connect", settings };
}
