import type { CircuitBreakerOptions } from "../circuit-breaker.ts";
import { cryptoBotProvider } from "./cryptobot/index.ts";
import type { Provider } from "./provider.ts";
import { starsProvider } from "./stars/index.ts";
import { tBankProvider } from "./tbank/index.ts";
import { tonProvider } from "./ton/index.ts";
import { withCircuitBreaker } from "./with-circuit-breaker.ts";

/** Every gateway that can be configured, one per line. */
const known: readonly Provider[] = [cryptoBotProvider, tBankProvider, starsProvider, tonProvider];

/**
 * Above the timeouts of the calls, whose messages say more: a step makes two or three of 10 s each.
 */
const options: CircuitBreakerOptions = {
  timeoutMs: 25_000,
  breaker: { failures: 5, pauseMs: 5_000 },
};

/**
 * How gateways are made from the environment, each with a timeout and a circuit breaker. Connect
 * each once and keep it: it holds the breaker.
 */
export const providers: readonly Provider[] = known.map((provider) => ({
  ...provider,
  connect: (env, deps) => {
    const gateway = provider.connect(env, deps);
    return gateway && withCircuitBreaker(gateway, options);
  },
}));
