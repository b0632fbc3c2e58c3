import { circuitBreakerOf, type CircuitBreakerOptions } from "../circuit-breaker.ts";
import type { VpnHost } from "./port.ts";

/** The same host, guarded: see `circuitBreakerOf`. What needs no host is not held back by its circuit breaker. */
export function withCircuitBreaker(host: VpnHost, guard: CircuitBreakerOptions): VpnHost {
  const within = circuitBreakerOf("the VPN host", guard);
  return {
    apply: (accesses) => within(() => host.apply(accesses)),
    remove: (identities) => within(() => host.remove(identities)),
    list: () => within(() => host.list()),
    usage: () => within(() => host.usage()),
    describe: () => within(() => host.describe()),
    credentials: (access) => host.credentials(access),
  };
}
