import { type Client, WorkflowExecutionAlreadyStartedError } from "@temporalio/client";
import type { HostDirectory } from "../activities/host-directory.ts";
import type { Hosts, StoredHost } from "../db/hosts.ts";
import type { HostId } from "../domain/ids.ts";
import { Refused } from "../gateways/refused.ts";
import type { VpnHost } from "../gateways/vpn-host.ts";
import { connectHost } from "../gateways/vpn-host/connect.ts";
import { hostSettings } from "../gateways/vpn-host/settings.ts";
import { hostReconcilerOf } from "../workflows/contract.ts";
import type { host } from "../workflows/index.ts";

interface Connected {
  readonly adapter: VpnHost;
  /** The settings that it was made with, as JSON. */
  readonly settings: string;
}

/** Settings change when an operator edits a file: a look each minute is soon enough. */
const readAgainAfterMs = 60_000;

/**
 * The adapters of the hosts in the database, each made once. A host that another worker added is found, and one
 * whose settings were changed gets a new adapter. One that cannot be read is that one alone.
 */
export class KnownHosts implements HostDirectory {
  readonly #books: Hosts;
  readonly #connected = new Map<HostId, Connected>();
  readonly #problems = new Map<HostId, string>();
  #readAt = Number.NEGATIVE_INFINITY;

  constructor(books: Hosts) {
    this.#books = books;
  }

  async get(id: HostId): Promise<VpnHost> {
    const isOld = performance.now() - this.#readAt > readAgainAfterMs;
    if (isOld || !this.#connected.has(id)) await this.load();
    const problem = this.#problems.get(id);
    if (problem !== undefined) throw new Refused(problem);
    const known = this.#connected.get(id);
    if (known === undefined) throw new Refused(`host ${id} is not in the database any more`);
    return known.adapter;
  }

  /** Reads the hosts anew; adapters whose settings are as they were are kept. */
  async load(): Promise<StoredHost[]> {
    const stored = await this.#books.all();
    this.#readAt = performance.now();
    this.#problems.clear();
    for (const host of stored) {
      const problem = this.#connect(host);
      if (problem !== undefined) this.#problems.set(host.id, problem);
    }
    return stored;
  }

  /** What is wrong with it, if anything; no setting is in the words. */
  #connect({ id, settings, unreadable }: StoredHost): string | undefined {
    if (unreadable !== undefined) return unreadable;
    const text = JSON.stringify(settings);
    if (this.#connected.get(id)?.settings === text) return undefined;
    const read = hostSettings.safeParse(settings);
    if (!read.success) {
      const problems = read.error.issues.map(({ path, message }) => `${path.join(".")} ${message}`);
      return `the stored settings cannot be used, list the host anew: ${problems.join("; ")}`;
    }
    this.#connected.set(id, { adapter: connectHost(read.data), settings: text });
    return undefined;
  }
}

/** Starts what follows each host; those that run go on. */
export async function startHostReconcilers(
  client: Client,
  hosts: readonly { readonly id: HostId; readonly name: string }[],
): Promise<void> {
  for (const one of hosts) {
    await client.workflow.start<typeof host>("host", hostReconcilerOf(one)).catch(unlessRunning);
  }
}

function unlessRunning(error: unknown): void {
  if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
}
