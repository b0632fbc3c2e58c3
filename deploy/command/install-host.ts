import { randomInt } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { serverAddressOf } from "../../domain/access/address-pool.ts";
import {
  describeInstallation,
  type FixedField,
  install,
  type Installation,
  type Installed,
  InstallFailure,
} from "../../gateways/hosts/amneziawg/install/installer.ts";
import { SshRemote } from "../../gateways/hosts/amneziawg/install/remote.ts";
import { toolOf } from "../../gateways/hosts/amneziawg/install/server-plan.ts";
import { generateParameters } from "../../gateways/hosts/amneziawg/parameters.ts";
import { hostSettings, type HostSettingsInput } from "../../gateways/hosts/registry.ts";
import { testHost } from "../../gateways/hosts/test-host.ts";
import { reportLines } from "./host-lines.ts";
import { inEndpoint, type InstallArguments, networkOfName } from "./install-arguments.ts";
import { complain, print } from "./output.ts";

/** What is said in the end, and before a dry run. */
const unproved = [
  "not tried on a real server by us: the packages and the build of the kernel's module, and the",
  "  start at boot by systemd. Restart the server once, and run hosts test again",
  "not changed: other firewalls than ufw, also those of your provider. UDP has to come through",
];

const printLine = (line: string): void => void print([line]);

/** Adds a host with these settings and tests it from the worker. @returns the exit code. */
export type AddHost = (host: {
  readonly name: string;
  readonly capacity: number | undefined;
  readonly weight: number | undefined;
  readonly settings: HostSettingsInput;
}) => Promise<number>;

/**
 * Makes a bare server a host: sets it up over SSH, tests it from here, adds it.
 * @returns the exit code: 1 if a step could not be done, or the host cannot be used.
 */
export async function installHost(given: InstallArguments, add: AddHost): Promise<number> {
  const installation = readInstallation(given);
  if ("problem" in installation) return complain(installation.problem);
  if (given["dry-run"]) {
    return print([...unproved.map((line) => `# ${line}`), ...describeInstallation(installation)]);
  }
  const remote = new SshRemote(placeOf(given));
  let installed: Installed;
  try {
    installed = await install(remote, installation, printLine);
  } catch (error) {
    return complain(`${(error as Error).message}\n${nextStepAfter(error)}`);
  }
  print([installed.done.length === 0 ? "nothing had to be changed" : "the server is set up"]);
  return testAndAdd(given, installed, add);
}

const nextStepAfter = (error: unknown): string =>
  error instanceof InstallFailure
    ? "what is done stays; repeat the command when it is mended, and it goes on from there"
    : "repeat the command: it goes on where it was";

async function testAndAdd(
  given: InstallArguments,
  installed: Installed,
  add: AddHost,
): Promise<number> {
  const { name, capacity, weight } = given;
  const here = settingsOf(given, installed, given);
  const checked = hostSettings.safeParse(here);
  if (!checked.success) return complain(checked.error.message);
  const report = await testHost(checked.data);
  print(reportLines(name, report));
  if (!report.isUsable) return complain(`${name} is not added`);
  const settings = settingsOf(given, installed, {
    identity: given["worker-identity"] ?? given.identity,
    "known-hosts": given["worker-known-hosts"] ?? given["known-hosts"],
  });
  print(unproved);
  if (given.settings === undefined) return add({ name, capacity, weight, settings });
  writeFileSync(given.settings, `${JSON.stringify(settings, null, 2)}\n`, { mode: 0o600 });
  return print([`${given.settings} has the settings: hosts add ${name} ${given.settings}`]);
}

const placeOf = (given: InstallArguments) => ({
  ...given.server,
  port: given["ssh-port"],
  identityFile: given.identity,
  knownHostsFile: given["known-hosts"],
});

type Files = Pick<InstallArguments, "identity" | "known-hosts">;

function settingsOf(
  given: InstallArguments,
  { plan, variant, publicKey }: Installed,
  { identity: identityFile, "known-hosts": knownHostsFile }: Files,
): HostSettingsInput {
  const { endpointPorts, network, network6, mtu, parameters, listenPort } = plan;
  const account = { ...placeOf(given), identityFile, knownHostsFile };
  const enter = account.user === "root" ? [] : ["sudo", "-n"];
  return {
    kind: "amneziawg",
    via: { type: "ssh", ...account, tool: toolOf(variant), interface: plan.interface, enter },
    publicKey,
    endpoint: `${given.endpoint ?? inEndpoint(given.server.host)}:${listenPort}`,
    ...(endpointPorts !== undefined && { endpointPorts }),
    network,
    serverAddress: serverAddressOf(network),
    ...(network6 !== undefined && { network6 }),
    dns: given.dns,
    mtu,
    allowedIps: ["0.0.0.0/0", "::/0"],
    parameters,
  };
}

const defaults = { listenPort: 51_820, network: "10.8.0.0/20", mtu: 1_376 };

function readInstallation(given: InstallArguments): Installation | { readonly problem: string } {
  const program = readProgram(given.program);
  if (typeof program === "string") return { problem: program };
  const { network, network6 } = given;
  const endpointPorts = given["udp-ports"];
  const asked: FixedField[] = [
    ...(given["udp-port"] === undefined ? [] : ["listenPort" as const]),
    ...(network === undefined ? [] : ["network" as const]),
    ...(network6 === undefined ? [] : ["network6" as const]),
    ...(endpointPorts === undefined ? [] : ["endpointPorts" as const]),
  ];
  const chosen6 = network6 ?? networkOfName(given.name);
  const plan = {
    interface: given.interface,
    listenPort: given["udp-port"] ?? defaults.listenPort,
    ...(endpointPorts !== undefined && { endpointPorts }),
    network: network ?? defaults.network,
    ...(chosen6 !== "none" && { network6: chosen6 }),
    mtu: defaults.mtu,
    parameters: generateParameters((min, max) => randomInt(min, max + 1)),
  };
  const ipv6IfRouted = network6 === undefined;
  return { plan, asked, ipv6IfRouted, variant: given.with, program };
}

/** The bytes of the program, or in words why it cannot be read. */
function readProgram(path: string | undefined): Buffer | undefined | string {
  if (path === undefined) return undefined;
  try {
    return readFileSync(path);
  } catch {
    return `--program ${path} cannot be read`;
  }
}
