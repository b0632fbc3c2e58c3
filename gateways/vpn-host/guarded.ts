import { type Guard, guardOf } from "../guard.ts";
import type { VpnHost } from "../vpn-host.ts";

/** The same host, guarded: see `guardOf`. What needs no host is not held back by its circuit breaker. */
export function guarded(host: VpnHost, guard: Guard): VpnHost {
  const within = guardOf("the VPN host", guard);
  return {
    apply: (accesses) => within(() => host.apply(accesses)),
    remove: (identities) => within(() => host.remove(identities)),
    list: () => within(() => host.list()),
    usage: () => within(() => host.usage()),
    describe: () => within(() => host.describe()),
    credentials: (access) => host.credentials(access),
  };
}
