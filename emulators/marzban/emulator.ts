import { createApp } from "../kit/app.ts";
import { defineEmulator } from "../kit/emulator.ts";
import { ApiRoutes } from "../panel-kit/api-routes.ts";
import { controlRoutes } from "./control-routes.ts";
import { options, prefix } from "./options.ts";
import { actionRoutes } from "./routes/actions.ts";
import { listRoutes } from "./routes/lists.ts";
import { subscriptionRoutes } from "./routes/subscription.ts";
import { systemRoutes } from "./routes/system.ts";
import { userRoutes } from "./routes/users.ts";
import { State } from "./state.ts";

/** The panel Marzban 0.8.4 with a core behind it. */
export const marzban = defineEmulator({
  name: "marzban",
  prefix,
  options,
  open: (given) => {
    const state = new State(given);
    const { core } = state;
    const api = new ApiRoutes({
      routes: [
        ...systemRoutes(state),
        ...userRoutes(state),
        ...actionRoutes(state),
        ...listRoutes(state),
        ...subscriptionRoutes(state),
      ],
      faults: core.faults,
      calls: core.calls,
      clock: core.clock,
      save: () => core.save(),
      usernameOf: ({ username }) => username,
    });
    return createApp({
      state,
      routes: [
        [/^\/control\//u, controlRoutes(state)],
        [/^\//u, api],
      ],
      failure: (message) => ({ error: message }),
    });
  },
});

/** Starts it; the options are those of `options.ts`. */
export const startMarzbanEmulator = marzban.start;
