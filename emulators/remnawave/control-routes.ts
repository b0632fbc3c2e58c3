import * as z from "zod";
import type { Routes } from "../kit/app.ts";
import {
  commonControls,
  type Controls,
  serveControls,
  webhookControls,
  withBody,
} from "../kit/controls.ts";
import { HttpError, parseBody } from "../kit/http.ts";
import { requireLoopback } from "../kit/loopback.ts";
import { backupControls, clockControls } from "../kit/panel-controls.ts";
import { faultSchema } from "./faults.ts";
import { Refusal } from "./refusal.ts";
import { creation, editByHand as edits } from "./schemas.ts";
import type { State } from "./state.ts";
import type { User } from "./users.ts";

const username = z.string();
const traffic = z.strictObject({
  username,
  bytes: z.int().positive(),
  /** Writes it into the database at once, also of a user whom the node does not let in. */
  recorded: z.boolean().default(false),
});
const named = z.strictObject({ username });
const edited = z.looseObject({ username });
const node = z.strictObject({ away: z.boolean() });
const squad = z.strictObject({
  name: z.string().min(1),
  inbounds: z.array(z.enum(["vless", "trojan", "shadowsocks"])).default(["vless"]),
});
const hwid = z.strictObject({ enabled: z.boolean(), fallback_limit: z.int().nonnegative() });
const token = z.strictObject({ state: z.enum(["valid", "expired", "deleted"]) });

/** How tests play the node and the panel's operator, inject faults and count calls. */
export function controlRoutes(state: State): Routes {
  const routes = serveControls(
    {
      ...commonControls(state, faultSchema),
      ...webhookControls(state.store, state.webhook.deliveries),
      ...clockControls(state.clock),
      ...backupControls(state.snapshots, (id) => state.restore(id)),
      ...nodeControls(state),
      ...operatorControls(state),
    },
    (error) => (error instanceof Refusal ? { error: error.message } : undefined),
  );
  return {
    serve: async (request) => {
      requireLoopback(request);
      return routes.serve(request);
    },
  };
}

/** The node's side: who is let in, and what it counts. */
const nodeControls = (state: State): Controls => ({
  "GET /control/node": () => describeNode(state),
  "PUT /control/node": withBody(node, ({ away }) => {
    state.node.setAway(away);
    return describeNode(state);
  }),
  "POST /control/node/restart": () => {
    state.node.restart();
    return describeNode(state);
  },
  "POST /control/traffic": withBody(traffic, ({ username, bytes, recorded }) => {
    const user = requireUser(state, username);
    if (recorded) {
      state.recordTraffic(user, bytes);
    } else {
      const isLetIn = state.node.list().some(({ id }) => id === user.id);
      if (!isLetIn) throw new HttpError(409, `the node does not let ${username} in`);
      state.countTraffic(user, bytes);
    }
    return {};
  }),
});

/** What an operator does in the panel by hand, past the API. */
const operatorControls = (state: State): Controls => ({
  "GET /control/users": () => state.users.list(),
  "POST /control/users": withBody(creation, (body) => state.wire(state.panel.create(body))),
  "PUT /control/users": withBody(edited, ({ username, ...changes }) => {
    const { id } = requireUser(state, username);
    // By hand an expiry may be set that is past.
    return state.wire(state.panel.update({ id }, parseBody(edits, changes)));
  }),
  "POST /control/users/delete": withBody(named, ({ username }) => {
    const { id } = requireUser(state, username);
    return state.wire(state.panel.delete({ id }));
  }),
  "GET /control/squads": () => state.squads.list(),
  "POST /control/squads": withBody(squad, ({ name, inbounds }) => state.squads.add(name, inbounds)),
  "PUT /control/hwid": withBody(hwid, ({ enabled, fallback_limit: fallbackLimit }) => {
    state.hwidSettings = { enabled, fallbackLimit };
    return state.hwidSettings;
  }),
  "PUT /control/token": withBody(token, (body) => {
    state.tokens.state = body.state;
    return body;
  }),
});

const describeNode = ({ node }: State) => ({
  away: node.isAway,
  lets_in: Object.fromEntries(node.list().map((letIn) => [letIn.username, letIn])),
  waiting: node.listOrders(),
});

/** @throws HttpError 404 where there is no such user. */
function requireUser(state: State, name: string): User {
  const user = state.users.find({ username: name });
  if (user === undefined) throw new HttpError(404, `there is no user ${name}`);
  return user;
}
