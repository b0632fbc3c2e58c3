import type { HostDirectory } from "../activities/host-directory.ts";
import type { Hosts, StoredHost } from "../db/hosts.ts";
import type { HostId } from "../domain/ids.ts";
import { Refused } from "../gateways/refused.ts";
import type { VpnHost } from "../gateways/vpn-host.ts";
import { connectHost } from "../gateways/vpn-host/connect.ts";
import { type HostSettings, hostSettings } from "../gateways/vpn-host/settings.ts";
import type { Logger } from "../runtime/log.ts";

/** A host of the database whose settings can be read. */
export interface ReadHost extends StoredHost {
  readonly settings: HostSettings;
}

/** The adapters of the hosts in the database, each made once; a host added by another worker is found too. */
export class KnownHosts implements HostDirectory {
  readonly #books: Hosts;
  readonly #log: Logger;
  readonly #adapters = new Map<HostId, VpnHost>();

  constructor(books: Hosts, log: Logger) {
    this.#books = books;
    this.#log = log;
  }

  async get(id: HostId): Promise<VpnHost> {
    if (!this.#adapters.has(id)) await this.load();
    const host = this.#adapters.get(id);
    if (host === undefined) throw new Refused(`host ${id} is not in the database, or not readable`);
    return host;
  }

  /** Reads the hosts anew; adapters that exist are kept. One that cannot be read is logged and left out. */
  async load(): Promise<ReadHost[]> {
    const stored = await this.#books.all();
    return stored.flatMap((host) => {
      const read = hostSettings.safeParse(host.settings);
      if (!read.success) {
        const problems = read.error.issues.map(
          ({ path, message }) => `${path.join(".")}: ${message}`,
        );
        this.#log.error(
          { host: host.name, problems },
          "a stored host cannot be used: list it anew",
        );
        return [];
      }
      if (!this.#adapters.has(host.id)) this.#adapters.set(host.id, connectHost(read.data));
      return [{ ...host, settings: read.data }];
    });
  }
}
