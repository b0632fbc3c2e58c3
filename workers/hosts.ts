import type { HostDirectory } from "../activities/access/host-directory.ts";
import type { Hosts, StoredHost } from "../db/access/hosts.ts";
import type { HostId } from "../domain/ids.ts";
import type { VpnHost } from "../gateways/hosts/port.ts";
import { connectHost, hostSettings, hostWarnings } from "../gateways/hosts/registry.ts";
import { Refused } from "../gateways/refused.ts";
import type { Logger } from "../runtime/log.ts";

interface ConnectedHost {
  readonly adapter: VpnHost;
  /** The settings that the adapter was made with, as JSON. */
  readonly settings: string;
}

/** Settings change when an operator edits a file, so reading them once a minute is enough. */
const maxAgeMs = 60_000;

/**
 * The adapters of the hosts in the database, each made once. Finds hosts that another worker added,
 * and makes a new adapter when a host's settings change.
 * A host that cannot be read does not affect the others.
 */
export class HostRegistry implements HostDirectory {
  readonly #hosts: Hosts;
  readonly #log: Logger;
  readonly #connected = new Map<HostId, ConnectedHost>();
  readonly #problems = new Map<HostId, string>();
  #readAt = Number.NEGATIVE_INFINITY;

  constructor(hosts: Hosts, log: Logger) {
    this.#hosts = hosts;
    this.#log = log;
  }

  /** @throws Refused when the host is gone or its settings cannot be used. */
  async get(id: HostId): Promise<VpnHost> {
    const isOld = performance.now() - this.#readAt > maxAgeMs;
    if (isOld || !this.#connected.has(id)) await this.load();
    const problem = this.#problems.get(id);
    if (problem !== undefined) throw new Refused(problem);
    const known = this.#connected.get(id);
    if (known === undefined) throw new Refused(`host ${id} is not in the database any more`);
    return known.adapter;
  }

  /** Reads the hosts again; adapters with unchanged settings are kept. */
  async load(): Promise<StoredHost[]> {
    const stored = await this.#hosts.list();
    this.#readAt = performance.now();
    const before = new Map(this.#problems);
    this.#problems.clear();
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

  /** Connects a host; returns what is wrong with it, without any setting, or undefined. */
  #connect({ id, name, settings, unreadable }: StoredHost): string | undefined {
    if (unreadable !== undefined) return unreadable;
    const text = JSON.stringify(settings);
    if (this.#connected.get(id)?.settings === text) return undefined;
    const read = hostSettings.safeParse(settings);
    if (!read.success) {
      const problems = read.error.issues.map(({ path, message }) => `${path.join(".")} ${message}`);
      return `the stored settings cannot be used, list the host anew: ${problems.join("; ")}`;
    }
    for (const warning of hostWarnings(read.data)) this.#log.warn({ host: name }, warning);
    this.#connected.set(id, { adapter: connectHost(read.data), settings: text });
    return undefined;
  }
}
