import type { CircuitBreakerOptions } from "../circuit-breaker.ts";
import { cryptoBotProvider } from "./cryptobot/index.ts";
import type { Provider } from "./provider.ts";
import { starsProvider } from "./stars/index.ts";
import { tBankProvider } from "./tbank/index.ts";
import { tonProvider } from "./ton/index.ts";
import { withCircuitBreaker } from "./with-circuit-breaker.ts";

/** Every gateway that can be configured, one a line. */
const known: readonly Provider[] = [cryptoBotProvider, tBankProvider, starsProvider, tonProvider];

/** Above the time-outs of the calls, which tell more: a step makes two or three of 10 s each. */
const guard: CircuitBreakerOptions = {
  timeoutMs: 25_000,
  breaker: { failures: 5, pauseMs: 5_000 },
};

/**
 * How gateways come to be from the environment, each guarded by a time limit and a circuit breaker. Connect one
 * once and keep it: the breaker lives in it.
 */
export const providers: readonly Provider[] = known.map((provider) => ({
  ...provider,
  connect: (env, deps) => {
    const gateway = provider.connect(env, deps);
    return gateway && withCircuitBreaker(gateway, guard);
  },
}));
