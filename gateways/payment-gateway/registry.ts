import { cryptoBotProvider } from "./cryptobot.ts";
import type { Guard } from "../guard.ts";
import { guarded } from "./guarded.ts";
import type { Provider } from "./provider.ts";
import { tBankProvider } from "./tbank.ts";
import { starsProvider } from "./stars.ts";
import { tonProvider } from "./ton.ts";

/** Every gateway that can be configured, one a line. */
const known: readonly Provider[] = [cryptoBotProvider, tBankProvider, starsProvider, tonProvider];

/** Above the time-outs of the calls, which tell more: a step makes two or three of 10 s each. */
const guard: Guard = { timeoutMs: 25_000, breaker: { failures: 5, pauseMs: 5_000 } };

/**
 * How gateways come to be from the environment, each guarded by a time limit and a circuit breaker. Connect one
 * once and keep it: the breaker lives in it.
 */
export const providers: readonly Provider[] = known.map((provider) => ({
  ...provider,
  connect: (env, deps) => {
    const gateway = provider.connect(env, deps);
    return gateway && guarded(gateway, guard);
  },
}));
