import * as z from "zod";
import type { Routes } from "../kit/app.ts";
import { commonControls, type Controls, serveControls, withBody } from "../kit/controls.ts";
import { HttpError } from "../kit/http.ts";
import { requireLoopback } from "../kit/loopback.ts";
import { clockControls, snapshotControls } from "../kit/panel-controls.ts";
import { decodeCreation } from "./decode.ts";
import { Failure } from "./failure.ts";
import { faultSchema } from "./faults.ts";
import type { State } from "./state.ts";

const bytes = z.int().nonnegative().default(0);
const traffic = z.strictObject({ email: z.string(), up: bytes, down: bytes });
const emails = z.strictObject({ emails: z.array(z.string()).min(1) });
const node = z.strictObject({ state: z.enum(["running", "deaf", "dying"]) });
const switches = z.strictObject({
  jump_on_restart: z.boolean().optional(),
  frozen_counters: z.boolean().optional(),
  resets_come_back: z.boolean().optional(),
});
const token = z.strictObject({ deleted: z.boolean() });
const inbound = z.strictObject({
  remark: z.string().min(1),
  protocol: z.enum(["vless", "trojan"]).default("vless"),
  port: z.int().min(1).max(65_535),
  security: z.enum(["reality", "none"]).default("none"),
});

/** How tests play the core and the panel's operator, inject faults and count calls. */
export function controlRoutes(state: State, subscriptionUrl: string): Routes {
  const routes = serveControls(
    {
      ...commonControls(state, faultSchema),
      ...clockControls(state.clock),
      ...snapshotControls(state.snapshots, (name) => state.restore(name)),
      ...nodeControls(state),
      ...operatorControls(state),
      "GET /control/info": () => ({ subscription_url: subscriptionUrl }),
    },
    (error) => (error instanceof Failure ? { error: error.message.trimEnd() } : undefined),
  );
  return {
    serve: async (request) => {
      requireLoopback(request);
      return routes.serve(request);
    },
  };
}

/** The core's side: who is let in, what it counts, and how it misbehaves. */
const nodeControls = (state: State): Controls => ({
  "GET /control/node": () => describeNode(state),
  "PUT /control/node": withBody(node, (body) => {
    state.core.state = body.state;
    return describeNode(state);
  }),
  "POST /control/node/restart": () => {
    state.restartCore();
    return describeNode(state);
  },
  "POST /control/traffic": withBody(traffic, ({ email, up, down }) => {
    if (state.traffics.find(email) === undefined) throw noClient(email);
    state.countTraffic(email, { up, down });
    return { let_in: state.core.list().some((one) => one.email === email) };
  }),
  "GET /control/switches": () => state.switches,
  "PUT /control/switches": withBody(switches, (body) => {
    const given = Object.entries(body).filter(([, value]) => value !== undefined);
    state.switches = { ...state.switches, ...Object.fromEntries(given) };
    return state.switches;
  }),
});

/** What an operator does in the panel by hand, past the API. */
const operatorControls = (state: State): Controls => ({
  "GET /control/users": () => state.clients.list(),
  "POST /control/users": withBody(z.looseObject({}), (body) => {
    const creation = decodeCreation(body);
    state.panel.add(creation);
    return state.clients.find(creation.client.email);
  }),
  "POST /control/delete": withBody(emails, (body) => {
    for (const email of body.emails) {
      if (state.clients.find(email) === undefined) throw noClient(email);
    }
    for (const email of body.emails) state.panel.delete(email, false);
    return {};
  }),
  "POST /control/inbounds": withBody(inbound, (body) => state.inbounds.add(body)),
  "PUT /control/token": withBody(token, ({ deleted }) => {
    state.isTokenDeleted = deleted;
    return { deleted };
  }),
});

const describeNode = ({ core }: State) => ({
  state: core.state,
  lets_in: core.list(),
  needs_restart: core.needsRestart,
});

const noClient = (email: string): HttpError => new HttpError(404, `there is no client ${email}`);
