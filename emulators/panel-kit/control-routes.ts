import * as z from "zod";
import type { Routes } from "../kit/app.ts";
import { commonControls, type Controls, serveControls, withBody } from "../kit/controls.ts";
import { HttpError } from "../kit/http.ts";
import { requireLoopback } from "../kit/loopback.ts";
import { clockControls, snapshotControls } from "../kit/panel-controls.ts";
import type { Batches } from "./batches.ts";
import type { PanelCore } from "./core.ts";
import { faultSchema } from "./faults.ts";
import type { PanelNode } from "./node.ts";
import { Crash, Refusal } from "./refusal.ts";

/** What tests and the demo may do to a panel, whichever it is. */
export interface Controllable {
  readonly core: PanelCore;
  readonly node: PanelNode;
  readonly batches: Batches;
  /** The switches that this panel has. */
  readonly switches: readonly string[];
  /** Everything about all users, as the database has it. */
  listRows(): readonly object[];
  /** The name that the core has for a user. @throws HttpError 404. */
  coreNameOf(username: string): string;
  /** Adds traffic to a user's row at once, past the core. @throws HttpError 404. */
  recordTraffic(username: string, bytes: number): void;
  /** Reads everything from the database anew: after a restore, or a new beginning. */
  reload(): void;
  reset(): void;
}

const traffic = z.strictObject({
  username: z.string(),
  bytes: z.int().positive(),
  /** Writes it into the database at once, also of a user whom the node refuses. */
  recorded: z.boolean().default(false),
});
const nodeChange = z.strictObject({
  connected: z.boolean().optional(),
  lag_ms: z.int().nonnegative().optional(),
});
const names = z.strictObject({ usernames: z.array(z.string()).min(1) });
const target = z.strictObject({ url: z.string(), secret: z.string().optional() });
const targets = z.strictObject({ webhooks: z.array(target) });

/** Serves controls of a panel, those of both and its own, to this machine alone. */
export function servePanelControls(panel: Controllable, own: Controls): Routes {
  const routes = serveControls({ ...panelControls(panel), ...own }, wordsOf);
  return {
    serve: async (request) => {
      requireLoopback(request);
      return routes.serve(request);
    },
  };
}

/** Deletes users as an operator does: all of them, or none where one is not there. */
export const deletionControls = <User>(
  find: (username: string) => User,
  remove: (user: User) => void,
): Controls => ({
  "POST /control/delete": withBody(names, ({ usernames }) => {
    for (const user of usernames.map(find)) remove(user);
    return {};
  }),
});

function wordsOf(error: unknown): object | undefined {
  if (error instanceof Refusal) return { error: error.detail };
  return error instanceof Crash ? { error: error.message } : undefined;
}

const panelControls = (panel: Controllable): Controls => ({
  ...commonControls(controllable(panel), faultSchema),
  ...timeControls(panel),
  ...snapshotControls(panel.core.snapshots, (name) => {
    panel.core.restore(name);
    panel.reload();
  }),
  "GET /control/users": () => panel.listRows(),
  "GET /control/switches": () => switchesOf(panel),
  "PUT /control/switches": async (request) => {
    const shape = Object.fromEntries(panel.switches.map((name) => [name, z.boolean().optional()]));
    const turn = (wanted: Readonly<Record<string, boolean | undefined>>) => {
      for (const [name, isOn] of Object.entries(wanted)) {
        if (isOn !== undefined) panel.core.turn(name, isOn);
      }
      return switchesOf(panel);
    };
    return withBody(z.strictObject(shape), turn)(request);
  },
  ...nodeControls(panel),
  ...webhookControls(panel),
});

const controllable = (panel: Controllable) => ({
  faults: panel.core.faults,
  calls: panel.core.calls,
  reset: () => panel.reset(),
});

/** The clock; what webhooks its jobs have sent has arrived when it answers. */
function timeControls({ core, batches }: Controllable): Controls {
  const controls = clockControls(core.clock);
  const entries = Object.entries(controls).map(([name, act]) => {
    const settled: Controls[string] = async (request) => {
      const shown: unknown = await act(request);
      await batches.settle();
      return shown;
    };
    return [name, settled] as const;
  });
  return Object.fromEntries(entries);
}

const switchesOf = ({ core, switches }: Controllable): object =>
  Object.fromEntries(switches.map((name) => [name, core.isOn(name)]));

const nodeControls = (panel: Controllable): Controls => {
  const { core, node } = panel;
  const show = () => ({
    connected: !node.isAway,
    lets_in: Object.fromEntries(node.letsIn()),
    on_its_way: node.listOnTheirWay(),
    lag_ms: core.nodeLagMs,
  });
  return {
    "GET /control/node": show,
    "PUT /control/node": withBody(nodeChange, ({ connected, lag_ms }) => {
      if (lag_ms !== undefined) core.nodeLagMs = lag_ms;
      if (connected !== undefined) node.setAway(!connected);
      return show();
    }),
    "POST /control/node/restart": () => {
      node.restart();
      return show();
    },
    "POST /control/traffic": withBody(traffic, ({ username, bytes, recorded }) => {
      const name = panel.coreNameOf(username);
      const isLetIn = node.letsIn().has(name);
      if (recorded) panel.recordTraffic(username, bytes);
      else if (isLetIn) node.carry(name, bytes);
      return { let_in: isLetIn };
    }),
  };
};

const webhookControls = ({ batches, core }: Controllable): Controls => ({
  "GET /control/webhooks": () => batches.list(),
  "PUT /control/webhooks": withBody(targets, ({ webhooks }) => {
    try {
      batches.setTargets(webhooks);
    } catch (error) {
      throw new HttpError(400, (error as Error).message);
    }
    core.touch();
    return { webhooks: batches.targets };
  }),
  "POST /control/deliver": async () => {
    core.clock.passTime();
    await batches.send(Infinity);
    return {};
  },
});
