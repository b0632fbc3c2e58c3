import type { HostId } from "../../domain/ids.ts";
import type { VpnHost } from "../../gateways/hosts/port.ts";
import type { HostDirectory } from "./host-directory.ts";

/** A host failed, for whatever reason: the database is not the cause. */
export class HostFailure extends Error {
  override readonly name = "HostFailure";
}

const longestTrouble = 300;

/** A host whose methods throw `HostFailure` and nothing else. */
export type ReachedHost = Pick<VpnHost, "apply" | "remove" | "list">;

/**
 * The host with this id. It is looked up at each call, so that a host that is added, changed or
 * removed meanwhile is found as it is now.
 * @throws HostFailure from each method, whatever has failed.
 */
export function reach(hosts: HostDirectory, id: HostId): ReachedHost {
  const ask = async <Answer>(what: (host: VpnHost) => Promise<Answer>): Promise<Answer> => {
    try {
      return await what(await hosts.get(id));
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      throw new HostFailure(message.slice(0, longestTrouble), { cause: error });
    }
  };
  return {
    apply: (accesses) => ask((host) => host.apply(accesses)),
    remove: (identities) => ask((host) => host.remove(identities)),
    list: () => ask((host) => host.list()),
  };
}
