import {
  decodeClient,
  decodeCreation,
  decodeCreations,
  decodeEmails,
  decodeIds,
  decodeTraffic,
} from "./decode.ts";
import { bulkAdd, bulkChange } from "./bulk.ts";
import { entriesOfSubscription, hostOf, linkOf } from "./links.ts";
import { failure } from "./failure.ts";
import { listPage } from "./pages.ts";
import { type ApiRoute, read, write } from "./routes.ts";
import type { State } from "./state.ts";
import { wireClient, wireTraffic } from "./wire.ts";
import type { Client } from "./clients.ts";

/** `/clients`: what is asked and changed of clients. */
export const clientRoutes = (state: State): Readonly<Record<string, ApiRoute>> => ({
  ...readRoutes(state),
  ...writeRoutes(state),
  ...bulkRoutes(state),
});

const readRoutes = (state: State): Readonly<Record<string, ApiRoute>> => ({
  "GET /clients/list": read("obtain", () => {
    const clients = state.clients.list();
    return clients.map((client) => wireListed(state, client));
  }),
  "GET /clients/list/paged": read("obtain", ({ query }) => listPage(state, query)),
  "GET /clients/get/tgId/{tgId}": read("obtain", ({ params }) => {
    const found = state.clients.list().filter(({ tgId }) => tgId === Number(params["tgId"]));
    return found.map((client) => wireFound(state, client));
  }),
  "GET /clients/get/{email}": read("obtain", ({ params }) => {
    return wireFound(state, state.panel.require(params["email"] ?? ""));
  }),
  "GET /clients/traffic/{email}": read("trafficError", ({ params }) => {
    const row = state.traffics.find(params["email"] ?? "");
    if (row === undefined) return null;
    const client = state.clients.find(row.email);
    // What was kept of a client that was deleted.
    if (client === undefined) throw failure("Client Not Found In Inbound For Email:", row.email);
    return wireTraffic(row, client);
  }),
  "GET /clients/links/{email}": read("obtain", ({ params, headers }) => {
    const { email } = state.panel.require(params["email"] ?? "");
    const links = linksOf(state, headers["host"], (entry) => entry.email === email);
    return links.length === 0 ? null : links;
  }),
  "GET /clients/subLinks/{subId}": read("obtain", ({ params, headers }) => {
    const found = entriesOfSubscription(state.inbounds, params["subId"] ?? "");
    return linksOf(state, headers["host"], (entry) => {
      return found.some((one) => one.entry.email === entry.email);
    });
  }),
  "POST /clients/onlines": read("obtain", () => {
    const online = state.traffics.list().filter(({ email }) => state.isOnline(email));
    return online.map(({ email }) => email);
  }),
  "POST /clients/lastOnline": read("obtain", () => {
    return Object.fromEntries(state.traffics.list().map((row) => [row.email, row.lastOnline]));
  }),
});

const writeRoutes = (state: State): Readonly<Record<string, ApiRoute>> => ({
  "POST /clients/add": write("added", ({ body }) => state.panel.add(decodeCreation(body()))),
  "POST /clients/update/{email}": write("updated", ({ params, body }) => {
    state.panel.update(params["email"] ?? "", decodeClient(body()));
  }),
  "POST /clients/del/{email}": write("deleted", ({ params, query }) => {
    state.panel.delete(params["email"] ?? "", query.get("keepTraffic") === "1");
  }),
  "POST /clients/{email}/attach": write("added", ({ params, body }) => {
    state.panel.attach(params["email"] ?? "", decodeIds(body()));
  }),
  "POST /clients/{email}/detach": write("deleted", ({ params, body }) => {
    state.panel.detach(params["email"] ?? "", decodeIds(body()));
  }),
  "POST /clients/resetTraffic/{email}": write("reset", ({ params }) => {
    state.resetTraffic(params["email"] ?? "");
  }),
  "POST /clients/updateTraffic/{email}": write("updated", ({ params, body }) => {
    const { upload: up, download: down } = decodeTraffic(body());
    state.traffics.change(params["email"] ?? "", { up, down });
  }),
  "POST /clients/resetAllTraffics": write("allReset", () => {
    for (const { email } of state.traffics.list()) {
      state.traffics.change(email, { up: 0, down: 0 });
    }
  }),
});

const bulkRoutes = (state: State): Readonly<Record<string, ApiRoute>> => {
  const changing = (count: string, act: (email: string) => void) =>
    write(undefined, ({ body }) => bulkChange(state, decodeEmails(body()), { count, act }));
  return {
    "POST /clients/bulkEnable": changing("changed", (email) => state.panel.setEnabled(email, true)),
    "POST /clients/bulkDisable": changing("changed", (email) => {
      state.panel.setEnabled(email, false);
    }),
    "POST /clients/bulkDel": write(undefined, ({ body }) => {
      const given = body() as { keepTraffic?: unknown };
      const act = (email: string) => state.panel.delete(email, given.keepTraffic === true);
      return bulkChange(state, decodeEmails(given), { count: "deleted", act });
    }),
    "POST /clients/bulkResetTraffic": write(undefined, ({ body }) => {
      const known = decodeEmails(body()).filter((email) => state.clients.find(email));
      for (const email of known) state.resetTraffic(email);
      return { affected: known.length };
    }),
    "POST /clients/bulkCreate": write(undefined, ({ body }) => {
      return bulkAdd(state, decodeCreations(body()));
    }),
  };
};

/** In a list: with its inbounds by when they were last written, null for none. */
function wireListed({ inbounds, traffics }: State, client: Client) {
  const ids = inbounds.idsOf(client.email);
  const byWriting = ids.toSorted((one, other) => {
    return inbounds.require(one).writtenAt - inbounds.require(other).writtenAt;
  });
  const row = traffics.find(client.email);
  return {
    ...wireClient(client),
    inboundIds: ids.length === 0 ? null : byWriting,
    ...(row === undefined ? {} : { traffic: wireTraffic(row) }),
  };
}

function wireFound({ panel, inbounds, traffics }: State, client: Client) {
  const { up = 0, down = 0 } = traffics.find(client.email) ?? {};
  return {
    client: wireClient(client, panel.flowOf(client.email)),
    externalLinks: [],
    inboundIds: inbounds.idsOf(client.email),
    usedTraffic: up + down,
  };
}

function linksOf(
  { inbounds }: State,
  host: unknown,
  fits: (entry: { email: string }) => boolean,
): string[] {
  return inbounds.list().flatMap((inbound) =>
    inbounds
      .entriesOf(inbound.id)
      .filter(fits)
      .map((entry) => {
        const remark = encodeURIComponent(`${inbound.remark}-${entry.email}`);
        return `${linkOf(entry, inbound, hostOf(String(host)))}#${remark}`;
      }),
  );
}
