import type { ClientFields } from "./clients.ts";
import type { Creation } from "./decode.ts";
import { Failure } from "./failure.ts";
import { withCredential } from "./inbounds.ts";
import type { State } from "./state.ts";

interface Skipped {
  readonly email: string;
  readonly reason: string;
}

/** What a bulk request does to each of its clients, and what the answer calls their number. */
export interface BulkChange {
  readonly count: string;
  readonly act: (email: string) => void;
}

/** Does it to each client that there is; the others are named, unless all are there. */
export function bulkChange(
  { clients, panel }: State,
  emails: readonly string[],
  { count, act }: BulkChange,
): Readonly<Record<string, unknown>> {
  const named = new Set(emails.map((email) => email.trim()).filter((email) => email !== ""));
  const known = [...named].filter((email) => clients.find(email) !== undefined);
  const absent = [...named].filter((email) => clients.find(email) === undefined);
  panel.inOneWrite(() => {
    for (const email of known) act(email);
  });
  const skipped = absent.map((email) => ({ email, reason: "client not found" }));
  return { [count]: known.length, ...(skipped.length === 0 ? {} : { skipped }) };
}

interface Prepared {
  readonly client: ClientFields;
  readonly inboundIds: readonly number[];
  reason?: string | undefined;
}

/**
 * Adds clients; of those with one email or one subscription the first is added. Each inbound takes
 * all of its clients or none.
 */
export function bulkAdd(state: State, creations: readonly Creation[]) {
  const early: Skipped[] = [];
  const emails = new Set<string>();
  const subIds = new Set<string>();
  const prepared = creations.flatMap((creation): Prepared[] => {
    const client = { ...creation.client, email: creation.client.email.trim() };
    const reason = refusalOf({ ...creation, client }, emails, subIds);
    if (reason === undefined) {
      emails.add(client.email.toLowerCase());
      if (client.subId !== "") subIds.add(client.subId);
      return [prepare(state, { ...creation, client })];
    }
    early.push({ email: client.email === "" ? "(missing email)" : client.email, reason });
    return [];
  });
  const ready = prepared.filter(({ reason }) => reason === undefined);
  state.panel.inOneWrite(() => {
    for (const id of new Set(ready.flatMap(({ inboundIds }) => inboundIds))) {
      const wanted = ready.filter(({ inboundIds }) => inboundIds.includes(id));
      const reason = putAll(state, id, wanted);
      for (const one of reason === undefined ? [] : wanted) one.reason ??= reason;
    }
  });
  const late = prepared.flatMap(({ client: { email }, reason }) => {
    return reason === undefined ? [] : [{ email, reason }];
  });
  const skipped = [...early, ...late];
  const created = creations.length - skipped.length;
  return { created, ...(skipped.length === 0 ? {} : { skipped }) };
}

const isSameWithoutCase = (one: string, other: string): boolean =>
  one.toLowerCase() === other.toLowerCase();

/** With all of its keys, whatever inbound they are for. */
function prepare({ panel, inbounds }: State, creation: Creation): Prepared {
  const { inboundIds } = creation;
  try {
    const client = inboundIds.reduce(
      (one, id) => withCredential(one, inbounds.require(id)),
      panel.prepare(creation, isSameWithoutCase),
    );
    return { client, inboundIds };
  } catch (error) {
    return { client: creation.client, inboundIds, reason: reasonOf(error).trimEnd() };
  }
}

/** Why none of them was put on an inbound; undefined: all of them were. */
function putAll({ panel }: State, id: number, wanted: readonly Prepared[]): string | undefined {
  try {
    for (const { client } of wanted) panel.requireFree(client);
    for (const { client } of wanted) panel.put(id, client);
    return undefined;
  } catch (error) {
    return reasonOf(error);
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof Failure) return error.message;
  throw error;
}

/** Why a client is not even tried. */
function refusalOf(
  { client: { email, subId }, inboundIds }: Creation,
  emails: ReadonlySet<string>,
  subIds: ReadonlySet<string>,
): string | undefined {
  if (email === "") return "client email is required";
  if (inboundIds.length === 0) return "at least one inbound is required";
  if (emails.has(email.toLowerCase())) return `email already in use: ${email}`;
  return subIds.has(subId) ? `subId already in use: ${subId}` : undefined;
}
