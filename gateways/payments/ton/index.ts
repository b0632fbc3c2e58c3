import type { Provider } from "../provider.ts";
import { TonGateway } from "./adapter.ts";
import { tonEnvironment, tonSettings } from "./settings.ts";

/** Needs an address alone: TON_WALLET. */
export const tonProvider: Provider<typeof tonEnvironment> = {
  name: "ton",
  environment: tonEnvironment,
  connect(env) {
    const settings = tonSettings(env);
    return settings && new TonGateway(settings);
  },
};
