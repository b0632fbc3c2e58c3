import { setTimeout as delay } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { listen, type Listener } from "../../db/notifications.ts";
import { useDatabase } from "../support/database.ts";
import { eventually } from "../support/eventually.ts";

const databases = useDatabase();

async function open(...channels: string[]): Promise<Listener> {
  const listener = await listen(databases.writerUrl, channels);
  onTestFinished(() => listener.close());
  return listener;
}

const execute = (statement: string) => databases.owner.em.fork().execute(statement);
const notify = (channel: string) => execute(`select pg_notify('${channel}', '')`);

async function timed(wait: Promise<void>): Promise<number> {
  const from = performance.now();
  await wait;
  return performance.now() - from;
}

test("a wait ends with a notification of its channels, also with one that came before it", async () => {
  const listener = await open("one", "two");
  const waiting = timed(listener.wait(5_000));
  await notify("two");
  expect(await waiting).toBeLessThan(2_000);
  await notify("one");
  await delay(50);
  expect(await timed(listener.wait(5_000))).toBeLessThan(1_000);
  await notify("three");
  expect(await timed(listener.wait(200))).toBeGreaterThan(190);
});

test("a wait ends with its signal and with a call of wake", async () => {
  const listener = await open("one");
  const end = new AbortController();
  setTimeout(() => end.abort(), 50);
  expect(await timed(listener.wait(5_000, end.signal))).toBeLessThan(1_000);
  expect(await timed(listener.wait(5_000, end.signal))).toBeLessThan(1_000);
  setTimeout(() => listener.wake(), 50);
  expect(await timed(listener.wait(5_000))).toBeLessThan(1_000);
});

test("one connection has a lock, until it ends", async () => {
  const [first, second] = [await open(), await open()];
  expect(await first.tryLock("messages")).toBe(true);
  expect(await second.tryLock("messages")).toBe(false);
  expect(await second.tryLock("host:1")).toBe(true);
  await first.close();
  await eventually(async () => expect(await second.tryLock("messages")).toBe(true));
});

test("whoever waits on a connection that is gone hears of it, and its lock is free", async () => {
  const [first, second] = [await open("one"), await open()];
  await first.tryLock("gone");
  const waiting = first.wait(60_000);
  waiting.catch(() => undefined);
  await execute(
    `select pg_terminate_backend(pid) from pg_stat_activity
      where query like '%pg_try_advisory_lock%' and usename = 'tollgate_writer'
        and pid in (select pid from pg_locks where locktype = 'advisory' and granted)`,
  );
  await expect(waiting).rejects.toThrow();
  await expect(first.wait(10)).rejects.toThrow();
  await expect(first.tryLock("gone")).rejects.toThrow();
  await eventually(async () => expect(await second.tryLock("gone")).toBe(true));
});

test("a database that does not answer is an error", async () => {
  await expect(listen("postgres://nobody@127.0.0.1:1/none", ["one"])).rejects.toThrow();
});
