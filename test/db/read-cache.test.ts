import { expect, inject, test } from "vitest";
import { type CacheStore, ReadCache } from "../../db/read-cache.ts";
import { telegramId } from "../../domain/ids.ts";
import { createLogger } from "../../runtime/log.ts";
import { openMemory, openRedis } from "../../runtime/redis.ts";
import { eventually } from "../drivers/eventually.ts";

const log = createLogger("test", "silent");
const redis = inject("redis");
const stores: [string, () => CacheStore & { close(): Promise<void> }][] = [
  ["memory", openMemory],
  ...(redis
    ? [["Redis", () => openRedis(redis.url, log)] as [string, () => ReturnType<typeof openRedis>]]
    : []),
];

let person = 900;

test.each(stores)(
  "over %s: what was read is not read again until somebody writes",
  async (_name, open) => {
    const store = open();
    const cache = new ReadCache(store);
    const of = telegramId((person += 1));
    let reads = 0;
    const read = () => cache.readThrough(of, "customer", async () => ({ reads: (reads += 1) }));
    // A store whose connection is not established yet is not available:
    // the value is read, not cached.
    await eventually(async () => expect((await read()).reads).toBe((await read()).reads));
    const cached = reads;
    expect((await read()).reads).toBe(cached);
    await cache.forget(of);
    expect((await read()).reads).toBe(cached + 1);
    await store.close();
  },
);

test("a slow reader cannot restore a value that a writer has replaced", async () => {
  const cache = new ReadCache(openMemory());
  const of = telegramId((person += 1));
  let truth = "old";
  const slow = cache.readThrough(of, "customer", async () => {
    const read = truth;
    truth = "new";
    await cache.forget(of);
    return read;
  });
  expect(await slow).toBe("old");
  expect(await cache.readThrough(of, "customer", async () => truth)).toBe("new");
});

test("without its store everything is read, and nothing fails", async () => {
  const away = openRedis("redis://127.0.0.1:1", log);
  for (const cache of [new ReadCache(undefined), new ReadCache(away)]) {
    const of = telegramId((person += 1));
    await cache.forget(of);
    expect(await cache.readThrough(of, "customer", async () => 1)).toBe(1);
    expect(await cache.readThrough(of, "customer", async () => 2)).toBe(2);
  }
  await away.close();
});
