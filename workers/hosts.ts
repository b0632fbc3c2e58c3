import type { HostDirectory } from "../activities/subscription.ts";
import type { Hosts, StoredHost } from "../db/hosts.ts";
import type { HostId } from "../domain/ids.ts";
import { Refused } from "../gateways/refused.ts";
import type { VpnHost } from "../gateways/vpn-host.ts";
import { connectHost } from "../gateways/vpn-host/connect.ts";
import { hostSettings } from "../gateways/vpn-host/settings.ts";

/** The adapters of the hosts in the database, each made once; a host added by another worker is found too. */
export class KnownHosts implements HostDirectory {
  readonly #books: Hosts;
  readonly #adapters = new Map<HostId, VpnHost>();

  constructor(books: Hosts) {
    this.#books = books;
  }

  async get(id: HostId): Promise<VpnHost> {
    if (!this.#adapters.has(id)) await this.load();
    const host = this.#adapters.get(id);
    if (host === undefined) throw new Refused(`host ${id} is not in the database any more`);
    return host;
  }

  /** Reads the hosts anew; adapters that exist are kept. */
  async load(): Promise<StoredHost[]> {
    const stored = await this.#books.all();
    for (const { id, settings } of stored) {
      if (!this.#adapters.has(id))
        this.#adapters.set(id, connectHost(hostSettings.parse(settings)));
    }
    return stored;
  }
}
