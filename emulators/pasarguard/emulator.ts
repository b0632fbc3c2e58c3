import { createApp } from "../kit/app.ts";
import { defineEmulator } from "../kit/emulator.ts";
import { ApiRoutes } from "../panel-kit/api-routes.ts";
import { controlRoutes } from "./control-routes.ts";
import { options, prefix } from "./options.ts";
import { actionRoutes } from "./routes/actions.ts";
import { deviceRoutes } from "./routes/devices.ts";
import { keyRoutes } from "./routes/keys.ts";
import { listRoutes } from "./routes/lists.ts";
import { subscriptionRoutes } from "./routes/subscription.ts";
import { systemRoutes } from "./routes/system.ts";
import { userRoutes } from "./routes/users.ts";
import { State } from "./state.ts";

/** The panel PasarGuard 5.2.1 with a node behind it. */
export const pasarGuard = defineEmulator({
  name: "pasarguard",
  prefix,
  options,
  open: (given) => {
    const state = new State(given);
    const { core } = state;
    const api = new ApiRoutes({
      routes: [
        ...keyRoutes(state),
        ...systemRoutes(state),
        ...userRoutes(state),
        ...deviceRoutes(state),
        ...actionRoutes(state),
        ...listRoutes(state),
        ...subscriptionRoutes(state),
      ],
      faults: core.faults,
      calls: core.calls,
      clock: core.clock,
      save: () => core.save(),
      usernameOf: ({ username, user_id }) =>
        username ?? state.users.find(Number(user_id))?.username,
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
export const startPasarGuardEmulator = pasarGuard.start;
