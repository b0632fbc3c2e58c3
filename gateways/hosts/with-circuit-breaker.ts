import { circuitBreakerOf, type CircuitBreakerOptions } from "../circuit-breaker.ts";
import type { VpnHost } from "./port.ts";

/**
 * The same host behind `circuitBreakerOf`. `credentials` is not guarded: it rarely needs the host.
 */
export function withCircuitBreaker(host: VpnHost, options: CircuitBreakerOptions): VpnHost {
  const withBreaker = circuitBreakerOf("the VPN host", options);
  return {
    ...(host.batchSize !== undefined && { batchSize: host.batchSize }),
    apply: (accesses) => withBreaker(() => host.apply(accesses)),
    remove: (identities, removal) => withBreaker(() => host.remove(identities, removal)),
    list: (detail) => withBreaker(() => host.list(detail)),
    usage: () => withBreaker(() => host.usage()),
    describe: () => withBreaker(() => host.describe()),
    credentials: (access) => host.credentials(access),
    ...(host.prepareProbes && { prepareProbes: () => withBreaker(() => prepareProbes(host)) }),
  };
}

const prepareProbes = async (host: VpnHost) => (await host.prepareProbes?.()) ?? [];
