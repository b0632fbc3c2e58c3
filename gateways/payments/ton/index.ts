import type { Provider } from "../provider.ts";
import { TonGateway } from "./adapter.ts";
import { tonDemo } from "./demo.ts";
import { tonEnvironment, tonSettings } from "./settings.ts";

/** TON. It needs only an address: TON_WALLET. */
export const tonProvider: Provider<typeof tonEnvironment> = {
  name: "ton",
  environment: tonEnvironment,
  keys: ["TON_WALLET"],
  demo: tonDemo,
  connect(env) {
    const settings = tonSettings(env);
    return settings && new TonGateway(settings);
  },
};
