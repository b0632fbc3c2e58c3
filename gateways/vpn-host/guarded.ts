import { type Guard, guardOf } from "../guard.ts";
import type { VpnHost } from "../vpn-host.ts";

/** The same host, guarded: see `guardOf`. */
export function guarded(host: VpnHost, guard: Guard): VpnHost {
  const within = guardOf("the VPN host", guard);
  return {
    grant: (access) => within(() => host.grant(access)),
    restore: (accesses) => within(() => host.restore(accesses)),
    revoke: (publicKey) => within(() => host.revoke(publicKey)),
    list: () => within(() => host.list()),
    usage: () => within(() => host.usage()),
    describe: () => within(() => host.describe()),
  };
}
