import { createApp } from "../kit/app.ts";
import { defineEmulator } from "../kit/emulator.ts";
import { ApiRoutes } from "./api-routes.ts";
import { controlRoutes } from "./control-routes.ts";
import { options, prefix } from "./options.ts";
import { PayRoutes } from "./pay-routes.ts";
import { State } from "./state.ts";

/** toncenter over a chain of its own. */
export const toncenter = defineEmulator({
  name: "toncenter",
  prefix,
  options,
  open: async (settings) => {
    const state = await State.open(settings);
    return createApp({
      state,
      routes: [
        [/^\/pay(?:\/|$)/u, new PayRoutes(state, settings.now)],
        [/^\/control\//u, controlRoutes(state)],
        [/^/u, new ApiRoutes(state, settings)],
      ],
      failure: (message) => ({ error: `internal server error: ${message}` }),
    });
  },
});

/** Starts it; the options are those of `options.ts`. */
export const startToncenterEmulator = toncenter.start;
