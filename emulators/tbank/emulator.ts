import { createApp } from "../kit/app.ts";
import { defineEmulator } from "../kit/emulator.ts";
import { ApiRoutes } from "./api-routes.ts";
import { controlRoutes } from "./control-routes.ts";
import { options, prefix } from "./options.ts";
import { PayRoutes } from "./pay-routes.ts";
import { State } from "./state.ts";

/** T-Bank's MerchantAPI v2 with its payment form. */
export const tbank = defineEmulator({
  name: "tbank",
  prefix,
  options,
  open: (given, url) => {
    const state = new State({ ...given, publicUrl: given.publicUrl ?? url });
    const app = createApp({
      state,
      routes: [
        [/^\/v2\//u, new ApiRoutes(state)],
        [/^\/pay\//u, new PayRoutes(state)],
        [/^\/control\//u, controlRoutes(state)],
      ],
      failure: (message) => ({
        Success: false,
        ErrorCode: "9999",
        Message: "Internal error",
        Details: message,
      }),
    });
    const answer: typeof app.answer = async (request) => {
      state.passTime();
      return app.answer(request);
    };
    return { ...app, answer };
  },
});

/** Starts it; the options are those of `options.ts`. */
export const startTBankEmulator = tbank.start;
