import { setTimeout as delay } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { listen, type Listener, waitHolding } from "../../db/notifications.ts";
import { useDatabase } from "../drivers/database.ts";
import { eventually } from "../drivers/eventually.ts";

const databases = useDatabase();

async function open(...channels: string[]): Promise<Listener> {
  const listener = await listen(databases.writerUrl, channels);
  onTestFinished(() => listener.close());
  return listener;
}

const execute = (statement: string) => databases.owner.em.fork().execute(statement);
const notify = (channel: string, payload = "") =>
  execute(`select pg_notify('${channel}', '${payload}')`);

test("a wait ends with a notification of its channels, also with one that came before it", async () => {
  const listener = await open("one", "two");
  const waiting = listener.next(20_000);
  await notify("two", "what");
  expect(await waiting).toEqual({ kind: "notified", payloads: ["what"] });
  await notify("one");
  await delay(50);
  expect(await listener.next(20_000)).toEqual({ kind: "notified", payloads: [""] });
  await notify("three");
  expect(await listener.next(200)).toEqual({ kind: "timeout" });
});

test("a wait ends with its signal and with a call of wake", async () => {
  const listener = await open("one");
  const end = new AbortController();
  setTimeout(() => end.abort(), 50);
  expect(await listener.next(20_000, end.signal)).toEqual({ kind: "aborted" });
  expect(await listener.next(20_000, end.signal)).toEqual({ kind: "aborted" });
  setTimeout(() => listener.wake(), 50);
  expect(await listener.next(20_000)).toMatchObject({ kind: "notified" });
});

test("one connection has a lock, until it ends", async () => {
  const first = await open();
  const second = await open();
  expect(await first.tryLock("messages")).toBe(true);
  expect(await first.tryLock("messages")).toBe(true);
  expect(await second.tryLock("messages")).toBe(false);
  expect(await second.tryLock("host:1")).toBe(true);
  await first.close();
  await eventually(async () => expect(await second.tryLock("messages")).toBe(true));
});

test("a wait under a lock fails when its connection is lost; the lock is free, and missed notifications are reported", async () => {
  const first = await open("one");
  const second = await open();
  await first.tryLock("gone");
  const waiting = waitHolding(first, "gone", { timeoutMs: 60_000 });
  waiting.catch(() => undefined);
  await execute(
    `select pg_terminate_backend(pid) from pg_stat_activity
      where query like '%pg_try_advisory_lock%' and usename = 'tollgate_writer'
        and pid in (select pid from pg_locks where locktype = 'advisory' and granted)`,
  );
  await expect(waiting).rejects.toThrow(/connection/iu);
  expect(first.holds("gone")).toBe(false);
  await eventually(async () => expect(await second.tryLock("gone")).toBe(true));
});

test("a listener that has reconnected reports that notifications may have been missed", async () => {
  const listener = await open("one");
  await listener.tryLock("again");
  const waiting = listener.next(20_000);
  await execute(
    `select pg_terminate_backend(pid) from pg_stat_activity
      where query like '%pg_try_advisory_lock%' and usename = 'tollgate_writer'
        and pid in (select pid from pg_locks where locktype = 'advisory' and granted)`,
  );
  expect(await waiting).toEqual({ kind: "reconnected" });
});

test("a database that does not answer is an error", async () => {
  await expect(listen("postgres://nobody@127.0.0.1:1/none", ["one"])).rejects.toThrow(
    /ECONNREFUSED/u,
  );
});
