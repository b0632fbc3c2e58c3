import { createApp } from "../kit/app.ts";
import { defineEmulator } from "../kit/emulator.ts";
import { listen } from "../kit/server.ts";
import { ApiRoutes } from "./api-routes.ts";
import { controlRoutes } from "./control-routes.ts";
import { options, prefix } from "./options.ts";
import { State } from "./state.ts";
import { createSubscriptionApp } from "./subscriptions.ts";

/** A 3x-ui panel with its core; subscriptions have a port of their own. */
export const xui = defineEmulator({
  name: "x-ui",
  prefix,
  options,
  open: async (given) => {
    const state = new State(given);
    let port = 0;
    const subscriptionApp = createSubscriptionApp(state, () => port);
    const subscriptions = await listen(given.subscriptionPort, () => subscriptionApp).catch(
      (error: NodeJS.ErrnoException) => {
        state.stop();
        throw error.code === "EADDRINUSE" ? new Error(taken(given.subscriptionPort)) : error;
      },
    );
    ({ port } = subscriptions);
    const app = createApp({
      state,
      routes: [
        [/^\/control\//u, controlRoutes(state, subscriptions.url)],
        [/^\//u, new ApiRoutes(state)],
      ],
      failure: (message) => ({ success: false, msg: message, obj: null }),
    });
    return {
      answer: async (request) => {
        state.clock.passTime();
        return app.answer(request);
      },
      stop: async () => {
        await subscriptions.close();
        await app.stop();
      },
    };
  },
});

const taken = (port: number): string =>
  `port ${port} is taken: stop what listens there or set ${prefix}_SUBSCRIPTION_PORT`;

/** Starts it; the options are those of `options.ts`. */
export const startXuiEmulator = xui.start;
