import { createApp } from "../kit/app.ts";
import { defineEmulator } from "../kit/emulator.ts";
import { ApiRoutes } from "./api-routes.ts";
import { controlRoutes } from "./control-routes.ts";
import { options, prefix } from "./options.ts";
import { State } from "./state.ts";

/** A Remnawave panel with one node. */
export const remnawave = defineEmulator({
  name: "remnawave",
  prefix,
  options,
  open: (given) => {
    const state = new State(given);
    const app = createApp({
      state,
      routes: [
        [/^\/api\//u, new ApiRoutes(state)],
        [/^\/control\//u, controlRoutes(state)],
      ],
      failure: () => ({ statusCode: 500, message: "Internal server error" }),
    });
    const answer: typeof app.answer = async (request) => {
      state.clock.passTime();
      return app.answer(request);
    };
    return { ...app, answer };
  },
});

/** Starts it; the options are those of `options.ts`. */
export const startRemnawaveEmulator = remnawave.start;
