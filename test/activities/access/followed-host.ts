import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { afterEach, beforeAll, beforeEach, expect } from "vitest";
import { keepHost, type HostLoopPorts } from "../../../activities/access/host-loop.ts";
import { askForComparison } from "../../../db/access/hosts.ts";
import { listen } from "../../../db/notifications.ts";
import { type HostCondition, wellHost } from "../../../domain/access/host.ts";
import type { HostId } from "../../../domain/ids.ts";
import { MemoryVpnHost } from "../../../gateways/hosts/memory.ts";
import type { VpnHost } from "../../../gateways/hosts/port.ts";
import type { HostLoopInput } from "../../../workflows/steps/reconcilers.ts";
import { AccessBooks } from "../../drivers/access-books.ts";
import { useDatabase } from "../../drivers/database.ts";
import { eventually } from "../../drivers/eventually.ts";
import { memoryHostSettings } from "../../gateways/hosts/host-settings.ts";

export let db: ReturnType<typeof useDatabase>;
const settings = memoryHostSettings();
export let books: AccessBooks;
export let host: MemoryVpnHost;
export let id: HostId;
let isDead = false;

/** Cuts or restores the connection to the host. */
export const cutLine = (value: boolean): void => void (isDead = value);

let hasEnded: AbortController;
export let loops: Promise<unknown>[] = [];

async function reach<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
  if (isDead) throw new Error("connect ETIMEDOUT");
  return ask();
}

/** The host behind a connection that can be cut. */
export function line(): VpnHost {
  const real = host;
  return {
    apply: (accesses) => reach(() => real.apply(accesses)),
    remove: (identities) => reach(() => real.remove(identities)),
    list: () => reach(() => real.list()),
    usage: () => reach(() => real.usage()),
    describe: () => real.describe(),
    credentials: (access) => real.credentials(access),
  };
}

/** A database and a host for each test of a file. Called by the file: files share this module. */
export function openFollowedHost(): void {
  db = useDatabase();
  beforeAll(async () => {
    books = new AccessBooks(db);
  });

  beforeEach(async () => {
    host = new MemoryVpnHost(settings);
    const entry = { name: randomUUID(), capacity: 100, weight: 1, settings };
    [id] = (await books.hosts(entry)) as [HostId];
    isDead = false;
    hasEnded = new AbortController();
  });

  afterEach(async () => {
    hasEnded.abort();
    await Promise.race([Promise.allSettled(loops), delay(5_000)]);
    loops = [];
  });
}

export const polling = { compareEveryMs: 60_000, awayAfterMs: 200, retryEveryMs: 100 };

export function follow(
  input: Partial<HostLoopInput> = {},
  given: Partial<HostLoopPorts> = {},
  until?: AbortSignal,
): Promise<HostCondition> {
  const signal = until ?? hasEnded.signal;
  const ports: HostLoopPorts = {
    em: db.writer.em,
    vault: books.vault,
    hosts: { get: async () => line(), forget: () => undefined },
    listen: () => listen(db.writerUrl, ["hosts"]),
    now: () => new Date(),
    polling,
    ...given,
  };
  const checkpoint = () => signal.throwIfAborted();
  const loop = keepHost(ports, { hostId: id, known: wellHost, ...input }, { signal, checkpoint });
  loops.push(loop);
  return loop;
}

export const peers = async () => (await host.list()).peers.map(({ identity }) => identity);
export const isThere = (identity: string) =>
  eventually(async () => expect(await peers()).toContain(identity));
export const isGone = (identity: string) =>
  eventually(async () => expect(await peers()).not.toContain(identity));
export const compare = () => askForComparison(books.queries, id);
export const expire = (subscription: string) =>
  books.queries
    .updateTable("subscriptions")
    .set({ paidUntil: new Date(Date.now() - 1_000) })
    .where("id", "=", subscription)
    .execute();

export async function onHost() {
  const owner = await books.subscriber();
  const { id: device } = await books.add(owner);
  const access = await books.accessOf(device);
  await isThere(access.identity);
  return { owner, device, access };
}
