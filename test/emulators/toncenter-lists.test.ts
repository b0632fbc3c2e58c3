import * as fc from "fast-check";
import { expect, test } from "vitest";
import { startToncenter } from "./toncenter-client.ts";

type Toncenter = Awaited<ReturnType<typeof startToncenter>>;

async function paid(count: number, options: Parameters<typeof startToncenter>[0] = {}) {
  const toncenter = await startToncenter(options);
  for (let at = 1; at <= count; at += 1) {
    await toncenter.pay({ amount: String(at), comment: `memo-${at}` });
  }
  return toncenter;
}

const values = (rows: readonly { readonly in_msg: { readonly value: string | null } }[]) =>
  rows.map(({ in_msg }) => Number(in_msg.value));

test("rows stand newest first unless asked otherwise, and the bounds of lt are inclusive", async () => {
  const { received } = await paid(4);
  const rows = await received();
  expect(values(rows)).toEqual([1, 2, 3, 4]);
  expect(values(await received({ sort: "" }))).toEqual([4, 3, 2, 1]);
  const start_lt = rows[1]?.lt ?? "";
  const end_lt = rows[2]?.lt ?? "";
  expect(values(await received({ start_lt, end_lt }))).toEqual([2, 3]);
  expect(values(await received({ start_lt: BigInt(start_lt) + 1n + "" }))).toEqual([3, 4]);
  expect(values(await received({ limit: 2, offset: 1 }))).toEqual([2, 3]);
  expect(values(await received({ hash: rows[3]?.hash ?? "" }))).toEqual([4]);
  const now = rows[0]?.now ?? 0;
  expect(await received({ end_utime: now - 1 })).toEqual([]);
  expect(values(await received({ start_utime: now, limit: 1 }))).toEqual([1]);
});

test("an account and a jetton's master are found by each spelling of their address", async () => {
  const { pay, info, transactions, transfers } = await startToncenter();
  await pay({ amount: "1", jetton: "usdt" });
  const { merchant, usdt } = await info();
  const spellings = [merchant.raw, merchant.raw.toLowerCase(), merchant.bounceable];
  spellings.push(merchant.non_bounceable.replaceAll("-", "+").replaceAll("_", "/"));
  for (const account of spellings) expect(await transactions({ account })).toHaveLength(1);
  for (const jetton_master of Object.values(usdt.master)) {
    expect(await transfers({ jetton_master, owner_address: merchant.raw })).toHaveLength(1);
  }
  expect(await transfers({ owner_address: merchant.raw, direction: "out" })).toEqual([]);
});

test("a call that names no limit gets as many rows as configured", async () => {
  expect(await (await paid(3, { defaultLimit: 2 })).received()).toHaveLength(2);
});

test("what v3 does not accept is refused by a 422 with its reason", async () => {
  const { get } = await startToncenter();
  const refused = [
    { account: "nobody" },
    { limit: 1_001 },
    { start_lt: "-1" },
    { sort: "up" },
    { offset: "x" },
  ];
  for (const params of refused) {
    expect(await get("transactions", params)).toEqual({ error: expect.any(String) });
  }
  expect(await get("jetton/transfers", { direction: "sideways" })).toEqual({
    error: "direction should be one of: in, out",
  });
  expect(await get("nothing")).toEqual({ error: expect.stringContaining("Cannot GET") });
});

/** A reader as the product's: from the last lt it has seen, oldest first. */
async function readAll({ received, pay }: Toncenter, limit: number, between: readonly boolean[]) {
  const rows: string[] = [];
  let start_lt = 0n;
  for (let turn = 0; ; turn += 1) {
    const page = await received({ start_lt: String(start_lt), limit });
    rows.push(...page.map(({ hash }) => hash));
    if (page.length === 0 && turn >= between.length) return rows;
    start_lt = BigInt(page.at(-1)?.lt ?? start_lt - 1n) + 1n;
    if (between[turn] === true) await pay({ amount: "1" });
  }
}

test("paging by start_lt never loses a row and never doubles one, whatever is paid meanwhile", async () => {
  const toncenter = await paid(5);
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 4 }),
      fc.array(fc.boolean(), { maxLength: 5 }),
      async (limit, between) => {
        const rows = await readAll(toncenter, limit, between);
        const all = (await toncenter.received({ limit: 1_000 })).map(({ hash }) => hash);
        expect(rows).toEqual(all);
      },
    ),
    { numRuns: 10 },
  );
});

test("an account's transactions are a chain: each names the one before it", async () => {
  const { received } = await paid(3);
  const rows = await received();
  for (const [at, row] of rows.entries()) {
    expect(row.prev_trans_lt).toBe(rows[at - 1]?.lt ?? "0");
  }
  const seqnos = rows.map((row) => row.mc_block_seqno ?? 0);
  expect(seqnos).toEqual(seqnos.toSorted((one, other) => one - other));
});

test("the masterchain goes on with the clock, and holds all that is listed", async () => {
  let nowMs = Date.UTC(2026, 10, 21);
  const { get, pay, received } = await startToncenter({ now: () => nowMs });
  type Tip = { last: { seqno: number; gen_utime: string }; first: { seqno: number } };
  const before = await get<Tip>("masterchainInfo");
  nowMs += 4_000;
  await pay({ amount: "1" });
  const after = await get<Tip>("masterchainInfo");
  expect(after.last.seqno - before.last.seqno).toBe(10);
  expect(Number(after.last.gen_utime) - Number(before.last.gen_utime)).toBe(4);
  expect(await received()).toMatchObject([
    { mc_block_seqno: after.last.seqno, now: Number(after.last.gen_utime) },
  ]);
});
