import { circuitBreakerOf, type CircuitBreakerOptions } from "../circuit-breaker.ts";
import type { VpnHost } from "./port.ts";

/**
 * The same host behind `circuitBreakerOf`. `credentials` is not guarded: it rarely needs the host.
 */
export function withCircuitBreaker(host: VpnHost, options: CircuitBreakerOptions): VpnHost {
  const guarded = circuitBreakerOf("the VPN host", options);
  return {
    apply: (accesses) => guarded(() => host.apply(accesses)),
    remove: (identities) => guarded(() => host.remove(identities)),
    list: () => guarded(() => host.list()),
    usage: () => guarded(() => host.usage()),
    describe: () => guarded(() => host.describe()),
    credentials: (access) => host.credentials(access),
  };
}
