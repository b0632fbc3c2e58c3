import { createApp } from "../kit/app.ts";
import { defineEmulator } from "../kit/emulator.ts";
import { ApiRoutes } from "./api-routes.ts";
import { controlRoutes } from "./control-routes.ts";
import { options, prefix } from "./options.ts";
import { PayRoutes } from "./pay-routes.ts";
import { State } from "./state.ts";

/** Crypto Pay with its pay pages. */
export const cryptoBot = defineEmulator({
  name: "cryptobot",
  prefix,
  options,
  open: (given, url) => {
    const state = new State({ ...given, publicUrl: given.publicUrl ?? url });
    return createApp({
      state,
      routes: [
        [/^\/api\//u, new ApiRoutes(state)],
        [/^\/pay\//u, new PayRoutes(state)],
        [/^\/control\//u, controlRoutes(state)],
      ],
      failure: (message) => ({ ok: false, error: { code: 500, name: "INTERNAL", message } }),
    });
  },
});

/** Starts it; the options are those of `options.ts`. */
export const startCryptoBotEmulator = cryptoBot.start;
