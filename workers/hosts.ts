import type { HostTester } from "../activities/access/host-change.ts";
import type { HostDirectory } from "../activities/access/host-directory.ts";
import type { CheckedSettings } from "../db/access/configured-hosts.ts";
import type { Hosts, StoredHost } from "../db/access/hosts.ts";
import type { HostReport } from "../domain/access/host-report.ts";
import type { HostId } from "../domain/ids.ts";
import type { VpnHost } from "../gateways/hosts/port.ts";
import {
  connectHost,
  hostSettings,
  type HostSettings,
  hostWarnings,
} from "../gateways/hosts/registry.ts";
import { testHost } from "../gateways/hosts/test-host.ts";
import { Refused } from "../gateways/refused.ts";
import type { Logger } from "../runtime/log.ts";

interface ConnectedHost {
  readonly adapter: VpnHost;
  /** The settings that the adapter was made with, as JSON. */
  readonly settings: string;
}

/** Whoever is not told of a change finds it after this long. */
const maxAgeMs = 60_000;

/**
 * The adapters of the hosts in the database, each made once. Finds hosts that were added, changed
 * or removed, and makes a new adapter when a host's settings change.
 * A host that cannot be read does not affect the others.
 */
export class HostRegistry implements HostDirectory, HostTester {
  readonly #hosts: Hosts;
  readonly #log: Logger;
  readonly #connected = new Map<HostId, ConnectedHost>();
  readonly #problems = new Map<HostId, string>();
  #readAt = Number.NEGATIVE_INFINITY;
  #isForgotten = false;
  #lastLoad: Promise<unknown> = Promise.resolve();

  constructor(hosts: Hosts, log: Logger) {
    this.#hosts = hosts;
    this.#log = log;
  }

  /** @throws Refused when the host is gone or its settings cannot be used. */
  async get(id: HostId): Promise<VpnHost> {
    const isOld = performance.now() - this.#readAt > maxAgeMs;
    if (isOld || this.#isForgotten || !this.#connected.has(id)) await this.load();
    const problem = this.#problems.get(id);
    if (problem !== undefined) throw new Refused(problem);
    const known = this.#connected.get(id);
    if (known === undefined) throw new Refused(`host ${id} is not in the database any more`);
    return known.adapter;
  }

  forget(): void {
    this.#isForgotten = true;
  }

  /** Reads the hosts again; adapters with unchanged settings are kept. */
  load(): Promise<StoredHost[]> {
    // One after the other: what was read earlier must not come after what was read later.
    const loaded = this.#lastLoad.then(() => this.#load());
    this.#lastLoad = loaded.catch(() => undefined);
    return loaded;
  }

  async #load(): Promise<StoredHost[]> {
    this.#isForgotten = false;
    const readAt = performance.now();
    const stored = await this.#hosts.list();
    this.#readAt = readAt;
    const before = new Map(this.#problems);
    this.#problems.clear();
    const ids = new Set(stored.map(({ id }) => id));
    for (const id of this.#connected.keys()) if (!ids.has(id)) this.#connected.delete(id);
    for (const host of stored) {
      const problem = this.#connect(host);
      if (problem === undefined) continue;
      this.#problems.set(host.id, problem);
      if (before.get(host.id) !== problem) {
        this.#log.error({ host: host.name, problem }, "a stored host cannot be used");
      }
    }
    return stored;
  }

  /** Tests a host with an adapter of its own: a circuit breaker would hide the cause. */
  async test(id: HostId): Promise<HostReport | undefined> {
    const host = (await this.#hosts.list()).find((one) => one.id === id);
    if (host === undefined) return undefined;
    const read = readStored(host);
    if ("settings" in read) return testHost(read.settings);
    const { kind = "unknown" } = (host.settings ?? {}) as { readonly kind?: string };
    const findings = [{ trouble: "settings" as const, details: read.problem }];
    return { kind, isUsable: false, findings };
  }

  /** Connects a host; returns what is wrong with it, without any setting, or undefined. */
  #connect(host: StoredHost): string | undefined {
    const { id, name, settings } = host;
    const text = JSON.stringify(settings);
    if (this.#connected.get(id)?.settings === text) return undefined;
    const read = readStored(host);
    if ("problem" in read) return read.problem;
    for (const warning of hostWarnings(read.settings)) this.#log.warn({ host: name }, warning);
    const { probeSecrets } = host;
    this.#connected.set(id, {
      adapter: connectHost(read.settings, { probeSecrets }),
      settings: text,
    });
    return undefined;
  }
}

type ReadSettings = { readonly settings: HostSettings } | { readonly problem: string };

function readStored({ settings, unreadable }: StoredHost): ReadSettings {
  if (unreadable !== undefined) return { problem: unreadable };
  const read = hostSettings.safeParse(settings);
  if (read.success) return { settings: read.data };
  const problems = problemsIn(read.error).join("; ");
  return { problem: `the stored settings cannot be used, change them: ${problems}` };
}

type Issues = NonNullable<ReturnType<typeof hostSettings.safeParse>["error"]>;

/** Each problem with its place, never with a value. */
const problemsIn = ({ issues }: Issues): string[] =>
  issues.map(({ path, message }) => `${path.join(".")}: ${message}`);

/** Checks settings of any kind of host, as a change of a host brings them. */
export function checkHostSettings(given: unknown): CheckedSettings {
  const read = hostSettings.safeParse(given);
  return read.success
    ? { settings: entered(read.data), warnings: hostWarnings(read.data) }
    : { problems: problemsIn(read.error) };
}

/** Without what was left out: in the database there is no undefined. */
const entered = (settings: HostSettings) => JSON.parse(JSON.stringify(settings)) as HostSettings;
