import { instant, toMs } from "../../domain/time.ts";
import type {
  Access,
  Applied,
  Credentials,
  GrantedAccess,
  HostDescription,
  HostState,
  HostUsage,
  Peer,
  Removal,
  VpnHost,
} from "../../gateways/hosts/port.ts";

interface User {
  readonly epoch: string;
  readonly terms: GrantedAccess["terms"];
  readonly isDisabled: boolean;
  readonly usedBytes: number;
}

/** A panel in memory: its users stay when their right ends, and count in epochs of their own. */
export class MemoryPanel implements VpnHost {
  readonly batchSize = 2;
  readonly keepsUsers = true;
  readonly users = new Map<string, User>();
  /** Each call that changed something, in order. */
  readonly calls: string[] = [];
  #made = 0;

  async apply(accesses: readonly GrantedAccess[]): Promise<readonly Applied[]> {
    return accesses.map(({ accessId, identity, terms }) => {
      this.calls.push(`apply ${identity}`);
      const { epoch = `made ${(this.#made += 1)}`, usedBytes = 0 } = this.users.get(identity) ?? {};
      this.users.set(identity, { epoch, usedBytes, terms, isDisabled: false });
      return { kind: "applied", accessId };
    });
  }

  async remove(identities: readonly string[], removal: Removal = "forGood"): Promise<HostUsage> {
    const peers = identities.flatMap((identity) => this.#peerOf(identity));
    for (const identity of identities) {
      this.calls.push(`remove ${removal} ${identity}`);
      const user = this.users.get(identity);
      if (removal === "forGood") this.users.delete(identity);
      else if (user !== undefined) this.users.set(identity, { ...user, isDisabled: true });
    }
    return { epoch: "panel", counters: peers };
  }

  async list(): Promise<HostState> {
    return { epoch: "panel", peers: [...this.users.keys()].flatMap((one) => this.#peerOf(one)) };
  }

  async usage(): Promise<HostUsage> {
    return { epoch: "panel", counters: (await this.list()).peers };
  }

  async describe(): Promise<HostDescription> {
    return { kind: "panel", endpoint: "https://panel.example", version: "1" };
  }

  async credentials({ identity }: Access): Promise<Credentials> {
    const url = `https://panel.example/sub/${identity}`;
    return { kind: "subscription", url, source: url };
  }

  /** A user moves bytes. */
  carry(identity: string, bytes: number): void {
    const user = this.users.get(identity);
    if (user !== undefined)
      this.users.set(identity, { ...user, usedBytes: user.usedBytes + bytes });
  }

  #peerOf(identity: string): Peer[] {
    const user = this.users.get(identity);
    if (user === undefined) return [];
    const { terms, usedBytes, epoch } = user;
    const isOver =
      (terms.limitBytes !== undefined && usedBytes >= terms.limitBytes) ||
      (terms.endsAt !== undefined && toMs(terms.endsAt) <= Date.now());
    return [
      {
        identity,
        epoch,
        uploadedBytes: 0,
        downloadedBytes: usedBytes,
        lastHandshakeAt: usedBytes > 0 ? instant(new Date()) : undefined,
        addresses: [],
        presharedHash: undefined,
        user: {
          isLetIn: !user.isDisabled && !isOver,
          terms,
          limitsDevices: true,
          fault: undefined,
        },
      },
    ];
  }
}
