import * as z from "zod";
import type { Routes } from "../kit/app.ts";
import { commonControls, type Controls, serveControls, withBody } from "../kit/controls.ts";
import { HttpError } from "../kit/http.ts";
import { requireLoopback } from "../kit/loopback.ts";
import { backupControls, clockControls } from "../kit/panel-controls.ts";
import type { ClientFields } from "./clients.ts";
import { decodeClient, decodeCreation } from "./decode.ts";
import { Failure } from "./failure.ts";
import { faultSchema } from "./faults.ts";
import type { State } from "./state.ts";

// The name of a client is its email; all controls call it `username`.
const username = z.string();
const traffic = z.strictObject({
  username,
  /** Downwards. */
  bytes: z.int().nonnegative(),
  up: z.int().nonnegative().default(0),
  /** Writes it into the database at once, also of a client whom the core does not let in. */
  recorded: z.boolean().default(false),
});
const named = z.strictObject({ username });
const edited = z.looseObject({ username });
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
      ...backupControls(state.snapshots, (id) => state.restore(id)),
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
  "POST /control/traffic": withBody(traffic, ({ username: email, bytes: down, up, recorded }) => {
    const row = state.traffics.find(email);
    if (row === undefined) throw noClient(email);
    if (recorded) {
      state.traffics.change(email, { up: row.up + up, down: row.down + down });
    } else {
      const isLetIn = state.core.list().some((one) => one.email === email);
      if (!isLetIn) throw new HttpError(409, `the core does not let ${email} in`);
      state.countTraffic(email, { up, down });
    }
    return {};
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
  "GET /control/users": () => {
    return state.clients.list().map((client) => ({ username: client.email, ...client }));
  },
  "POST /control/users": withBody(z.looseObject({}), (body) => {
    const creation = decodeCreation(body);
    state.panel.add(creation);
    return state.clients.find(creation.client.email);
  }),
  "PUT /control/users": withBody(edited, ({ username: email, ...changes }) => {
    const client = state.clients.find(email);
    if (client === undefined) throw noClient(email);
    state.panel.update(email, { ...client, ...readGiven(changes) });
    return state.clients.find(email);
  }),
  "POST /control/users/delete": withBody(named, ({ username: email }) => {
    if (state.clients.find(email) === undefined) throw noClient(email);
    state.panel.delete(email, false);
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
  lets_in: Object.fromEntries(
    [...Map.groupBy(core.list(), ({ email }) => email)].map(([email, entries]) => {
      return [email, { inboundIds: entries.map(({ inboundId }) => inboundId) }];
    }),
  ),
  needs_restart: core.needsRestart,
});

/** The fields of a client that are given, and no others. */
function readGiven(changes: Record<string, unknown>): Partial<ClientFields> {
  const read = Object.entries(decodeClient(changes)) as [keyof ClientFields, unknown][];
  const names = Object.keys(changes).map((name) => name.toLowerCase());
  return Object.fromEntries(read.filter(([name]) => names.includes(name.toLowerCase())));
}

const noClient = (email: string): HttpError => new HttpError(404, `there is no client ${email}`);
