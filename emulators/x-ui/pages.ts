import type { Client } from "./clients.ts";
import { Failure } from "./failure.ts";
import type { State } from "./state.ts";
import type { Traffic } from "./traffics.ts";
import { wireSlim } from "./wire.ts";

const usualSize = 25;
/** A larger page is made as small as this, without a word. */
const maxSize = 200;

interface Row {
  readonly client: Client;
  readonly traffic: Traffic | undefined;
  readonly used: number;
}

/** A page of clients, without their keys; what it filters and sorts by is in the query. */
export function listPage(state: State, query: URLSearchParams) {
  const page = Math.max(1, whole(query, "page") || 1);
  const asked = whole(query, "pageSize");
  const pageSize = asked <= 0 ? usualSize : Math.min(asked, maxSize);
  const rows = state.clients.list().map((client): Row => {
    const traffic = state.traffics.find(client.email);
    return { client, traffic, used: (traffic?.up ?? 0) + (traffic?.down ?? 0) };
  });
  const filtered = rows.filter((row) => fits(row, query));
  const sorted = filtered.toSorted(orderOf(query));
  const shown = sorted.slice((page - 1) * pageSize, page * pageSize);
  const groups = new Set(rows.map(({ client }) => client.group).filter((group) => group !== ""));
  return {
    items: shown.map(({ client, traffic }) => {
      return wireSlim(client, state.inbounds.idsOf(client.email), traffic);
    }),
    total: rows.length,
    filtered: filtered.length,
    page,
    pageSize,
    summary: summaryOf(state, rows),
    groups: [...groups].toSorted(),
  };
}

/** @throws Failure in the words of Go for what is not a number. */
function whole(query: URLSearchParams, name: string): number {
  const given = query.get(name) ?? "";
  if (given === "") return 0;
  if (/^[+-]?\d+$/u.test(given)) return Number(given);
  throw new Failure(`strconv.ParseInt: parsing ${JSON.stringify(given)}: invalid syntax`);
}

function fits({ client }: Row, query: URLSearchParams): boolean {
  const search = (query.get("search") ?? "").trim().toLowerCase();
  const { email, subId, comment, uuid, password, auth } = client;
  const texts = [email, subId, comment, uuid, password, auth];
  const isFound = texts.some((text) => text.toLowerCase().includes(search));
  const groups = (query.get("group") ?? "").split(",").map((group) => group.trim().toLowerCase());
  const wanted = groups.filter((group) => group !== "");
  return isFound && (wanted.length === 0 || wanted.includes(client.group.trim().toLowerCase()));
}

/** Never and unlimited are sorted as if they were the most. */
const keys: Readonly<Record<string, (row: Row) => number | string>> = {
  enable: ({ client }) => Number(client.enable),
  email: ({ client }) => client.email.toLowerCase(),
  traffic: ({ used }) => used,
  remaining: ({ client, used }) => (client.totalGB > 0 ? client.totalGB - used : Infinity),
  expiryTime: ({ client }) => (client.expiryTime > 0 ? client.expiryTime : Infinity),
  createdAt: ({ client }) => client.createdAt,
  updatedAt: ({ client }) => client.updatedAt,
  lastOnline: ({ traffic }) => traffic?.lastOnline ?? 0,
};

function orderOf(query: URLSearchParams): (one: Row, other: Row) => number {
  const key = keys[query.get("sort") ?? ""] ?? (({ client }: Row) => client.id);
  const sign = query.get("order") === "descend" && query.get("sort") ? -1 : 1;
  return (one, other) => {
    const left = key(one);
    const right = key(other);
    return left === right ? one.client.id - other.client.id : sign * (left < right ? -1 : 1);
  };
}

/** Over all clients, whatever the page. */
function summaryOf(state: State, rows: readonly Row[]) {
  const isDepleted = ({ client, used }: Row) =>
    (client.totalGB > 0 && used >= client.totalGB) ||
    (client.expiryTime > 0 && client.expiryTime <= state.clock.now());
  const emails = (fits: (row: Row) => boolean) =>
    rows.filter(fits).map(({ client }) => client.email);
  const online = emails(({ client }) => client.enable && state.isOnline(client.email));
  const depleted = emails(isDepleted);
  const deactive = emails((row) => !row.client.enable && !isDepleted(row));
  return {
    total: rows.length,
    active: emails((row) => row.client.enable && !isDepleted(row)).length,
    onlineCount: online.length,
    depletedCount: depleted.length,
    expiringCount: 0,
    deactiveCount: deactive.length,
    online: online.slice(0, maxSize),
    depleted: depleted.slice(0, maxSize),
    expiring: [],
    deactive: deactive.slice(0, maxSize),
  };
}
