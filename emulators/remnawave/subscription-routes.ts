import { type ApiRoutesTable, respond } from "./answers.ts";
import type { State } from "./state.ts";
import { namedFormats } from "./subscription-formats.ts";
import { describe, serveSubscription } from "./subscriptions.ts";

/** What customers fetch, without a token: `/sub/{shortUuid}`. */
export const openRoutes = (state: State): ApiRoutesTable => ({
  "GET /sub/{shortUuid}": (call) => serveSubscription(state, call),
  "GET /sub/{shortUuid}/info": ({ params }) => {
    return respond(describe(state, state.panel.require({ shortUuid: params["shortUuid"] })));
  },
  "GET /sub/{shortUuid}/{format}": (call) => {
    const format = namedFormats[call.params["format"] ?? ""];
    if (format !== undefined) return serveSubscription(state, call, format);
    const timestamp = new Date(state.clock.now()).toISOString();
    const path = `/api/sub/${call.params["shortUuid"]}/${call.params["format"]}`;
    return { status: 400, body: { timestamp, path, statusCode: 403, message: "Forbidden" } };
  },
});
