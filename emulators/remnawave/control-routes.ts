import * as z from "zod";
import type { Routes } from "../kit/app.ts";
import {
  commonControls,
  type Controls,
  serveControls,
  webhookControls,
  withBody,
} from "../kit/controls.ts";
import { HttpError } from "../kit/http.ts";
import { requireLoopback } from "../kit/loopback.ts";
import { clockControls, snapshotControls } from "../kit/panel-controls.ts";
import { faultSchema } from "./faults.ts";
import { Refusal } from "./refusal.ts";
import { creation } from "./schemas.ts";
import type { State } from "./state.ts";
import type { User } from "./users.ts";

const username = z.string();
const traffic = z.strictObject({ username, bytes: z.int().nonnegative() });
const names = z.strictObject({ usernames: z.array(username).min(1) });
const node = z.strictObject({ connected: z.boolean() });
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
      ...snapshotControls(state.snapshots, (name) => state.restore(name)),
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
  "PUT /control/node": withBody(node, ({ connected }) => {
    state.node.setAway(!connected);
    return describeNode(state);
  }),
  "POST /control/node/restart": () => {
    state.node.restart();
    return describeNode(state);
  },
  "POST /control/traffic": withBody(traffic, ({ username, bytes }) => {
    const user = requireUser(state, username);
    state.countTraffic(user, bytes);
    return { let_in: state.node.list().some(({ id }) => id === user.id) };
  }),
});

/** What an operator does in the panel by hand, past the API. */
const operatorControls = (state: State): Controls => ({
  "GET /control/users": () => state.users.list(),
  "POST /control/users": withBody(creation, (body) => state.wire(state.panel.create(body))),
  "POST /control/delete": withBody(names, ({ usernames }) => {
    const users = usernames.map((name) => requireUser(state, name));
    return users.map((user) => state.wire(state.panel.delete({ id: user.id })));
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
  connected: !node.isAway,
  lets_in: node.list(),
  on_its_way: node.listOrders(),
});

/** @throws HttpError 404 where there is no such user. */
function requireUser(state: State, name: string): User {
  const user = state.users.find({ username: name });
  if (user === undefined) throw new HttpError(404, `there is no user ${name}`);
  return user;
}
