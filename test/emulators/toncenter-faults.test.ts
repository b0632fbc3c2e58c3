import { expect, test } from "vitest";
import { ask, startToncenter } from "./toncenter-client.ts";

async function startAll() {
  const toncenter = await startToncenter({ apiKeys: ["known"], otherNetworkKeys: ["testnet"] });
  for (const amount of ["1", "2", "3"]) await toncenter.pay({ amount });
  const values = async (params = {}) =>
    (await toncenter.received(params)).map(({ in_msg }) => Number(in_msg.value));
  return { ...toncenter, values };
}

test("a key is known, unknown, or another network's; none at all is served too", async () => {
  const { url } = await startAll();
  const page = `${url}/api/v3/transactions`;
  const withHeader = (key: string) => fetch(page, { headers: { "X-API-Key": key } });
  expect((await fetch(page)).status).toBe(200);
  expect((await withHeader("known")).status).toBe(200);
  const unknown = await fetch(`${page}?api_key=guess`);
  expect([unknown.status, await unknown.json()]).toEqual([
    401,
    { ok: false, result: "API key does not exist", code: 401 },
  ]);
  const other = await withHeader("testnet");
  expect([other.status, await other.json()]).toEqual([
    403,
    { ok: false, result: "Network not allowed", code: 403 },
  ]);
});

test("a 429 is toncenter's own, for the named call and as often as told", async () => {
  const { fault, get, url, values } = await startAll();
  await fault({ kind: "429", method: "transactions", times: 2 });
  expect(await get("jetton/wallets")).toHaveProperty("jetton_wallets");
  const limited = { ok: false, result: "Ratelimit exceed", code: 429 };
  expect(await get("transactions")).toEqual(limited);
  expect(await ask(`${url}/control/faults`)).toMatchObject([{ kind: "429", times: 1 }]);
  expect(await get("transactions")).toEqual(limited);
  expect(await values()).toEqual([1, 2, 3]);
});

test("errors of a server come as words, as a page, or as silence", async () => {
  const { fault, url, values } = await startAll();
  for (const kind of ["500", "502", "503", "drop-connection"]) await fault({ kind, times: 1 });
  const page = `${url}/api/v3/transactions`;
  const failed = await fetch(page);
  expect([failed.status, await failed.json()]).toEqual([
    500,
    { error: expect.stringContaining("internal server error") },
  ]);
  for (const status of [502, 503]) {
    const broken = await fetch(page);
    expect([broken.status, await broken.text()]).toEqual([status, expect.stringContaining("<h1>")]);
    expect(broken.headers.get("content-type")).toMatch(/^text\/html/u);
  }
  await expect(fetch(page)).rejects.toThrow("fetch failed");
  await fault({ kind: "timeout-after-success", times: 1, hold_ms: 5 });
  await expect(fetch(page)).rejects.toThrow("fetch failed");
  expect(await values()).toEqual([1, 2, 3]);
});

test("whoever hangs on a silent server is let go when it ends", async () => {
  const { fault, url, close } = await startAll();
  await fault({ kind: "timeout-after-success" });
  const hanging = fetch(`${url}/api/v3/transactions`).catch((error: unknown) => error);
  await close();
  expect(await hanging).toBeInstanceOf(TypeError);
});

test("a page can come again, whatever was asked", async () => {
  const { fault, values } = await startAll();
  expect(await values({ limit: 2 })).toEqual([1, 2]);
  await fault({ page: "repeat", times: 1 });
  expect(await values({ limit: 2, offset: 2 })).toEqual([1, 2]);
  expect(await values({ limit: 2, offset: 2 })).toEqual([3]);
});

test("a page can shift both ways", async () => {
  const { fault, values } = await startAll();
  await fault({ page: "shift", by: -1, times: 1 });
  expect(await values({ offset: 2 })).toEqual([2, 3]);
  await fault({ page: "shift", by: 1, times: 1 });
  expect(await values()).toEqual([2, 3]);
  expect(await values()).toEqual([1, 2, 3]);
});

test("an indexer that lags shows nothing newer than the block it names", async () => {
  let nowMs = Date.UTC(2026, 10, 21);
  const { fault, pay, received, get } = await startToncenter({ now: () => nowMs });
  await pay({ amount: "1" });
  nowMs += 60_000;
  await pay({ amount: "2" });
  await fault({ page: "lag", blocks: 10 });
  const rows = await received();
  expect(rows).toMatchObject([{ in_msg: { value: "1" } }]);
  const { last } = await get<{ last: { seqno: number } }>("masterchainInfo");
  nowMs += 4_000;
  expect(await received()).toMatchObject([{}, { mc_block_seqno: last.seqno + 10 }]);
});

test("the newest rows can be not yet final for some polls, marked or left out", async () => {
  const { fault, received, values } = await startAll();
  await fault({ page: "not-final", times: 2 });
  for (let poll = 0; poll < 2; poll += 1) {
    expect(await received()).toMatchObject([
      { emulated: false, finality: "finalized" },
      { emulated: false, mc_block_seqno: expect.any(Number) },
      { emulated: true, finality: "pending", mc_block_seqno: null, in_msg: { value: "3" } },
    ]);
  }
  expect((await received()).at(-1)).toMatchObject({ emulated: false, finality: "finalized" });
  await fault({ page: "not-final", rows: 2, shown: "hidden", times: 1 });
  expect(await values()).toEqual([1]);
});

test("faults by chance are drawn from their seed: the same again for the same seed", async () => {
  const { fault, url } = await startAll();
  const statuses = async (seed: number) => {
    await fault({ kind: "500", probability: 0.5, seed });
    const drawn: number[] = [];
    for (let at = 0; at < 12; at += 1) {
      drawn.push((await fetch(`${url}/api/v3/jetton/wallets`)).status);
    }
    await ask(`${url}/control/faults`, {}, "DELETE");
    return drawn;
  };
  const first = await statuses(7);
  expect(new Set(first)).toEqual(new Set([200, 500]));
  expect(await statuses(7)).toEqual(first);
  expect(await statuses(8)).not.toEqual(first);
});

test("calls are recorded with what they asked and how they went, without the key", async () => {
  const { calls, fault, get, url } = await startAll();
  await fault({ kind: "502", times: 1 });
  await fetch(`${url}/api/v3/transactions?limit=5&api_key=known`);
  await get("jetton/transfers", { direction: "in" });
  expect(await calls()).toMatchObject([
    { method: "transactions", query: { limit: "5" }, status: 502 },
    { method: "jetton/transfers", query: { direction: "in" }, status: 200 },
  ]);
  expect(JSON.stringify(await calls())).not.toContain("known");
});

test("a reset forgets payments, faults and calls", async () => {
  const { reset, fault, values, calls, url } = await startAll();
  await fault({ kind: "500" });
  await reset();
  expect(await ask(`${url}/control/faults`)).toEqual([]);
  expect(await values()).toEqual([]);
  expect(await calls()).toHaveLength(1);
});

test("an invalid fault is refused", async () => {
  const { fault } = await startAll();
  expect(await fault({ kind: "418" })).toHaveProperty("error");
  expect(await fault({ page: "shift" })).toHaveProperty("error");
});
