import type { HostId } from "../../domain/ids.ts";
import type { VpnHost } from "../../gateways/hosts/port.ts";
import type { HostDirectory } from "./host-directory.ts";

/** A host failed, for whatever reason: the database is not the cause. */
export class HostFailure extends Error {
  override readonly name = "HostFailure";
}

const longestTrouble = 300;

/** What a pass has to know about a host of its kind. */
export interface HostTraits {
  /** How many accesses one call should bring. */
  readonly batchSize: number;
  readonly keepsUsers: boolean;
}

/** A host whose methods throw `HostFailure` and nothing else. */
export interface ReachedHost extends Pick<VpnHost, "apply" | "remove" | "list"> {
  /** What hosts of its kind need. */
  traits(): Promise<HostTraits>;
}

/** Some 10 ms to decrypt, less than a second for a daemon to apply. */
const usualBatchSize = 1_000;

/**
 * The host with this id. It is looked up at each call, so that a host that is added, changed or
 * removed meanwhile is found as it is now.
 * @throws HostFailure from each method, whatever has failed.
 */
export function reach(hosts: Pick<HostDirectory, "get">, id: HostId): ReachedHost {
  const ask = async <Answer>(what: (host: VpnHost) => Promise<Answer>): Promise<Answer> => {
    try {
      return await what(await hosts.get(id));
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      throw new HostFailure(message.slice(0, longestTrouble), { cause: error });
    }
  };
  return {
    traits: () =>
      ask(async ({ batchSize = usualBatchSize, keepsUsers = false }) => {
        return { batchSize, keepsUsers };
      }),
    apply: (accesses) => ask((host) => host.apply(accesses)),
    remove: (identities, removal) => ask((host) => host.remove(identities, removal)),
    list: (detail) => ask((host) => host.list(detail)),
  };
}
