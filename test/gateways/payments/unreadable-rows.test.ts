import * as fc from "fast-check";
import { expect, test } from "vitest";
import { money } from "../../../domain/money.ts";
import { CryptoBotGateway } from "../../../gateways/payments/cryptobot/adapter.ts";
import { MemoryPaymentGateway } from "../../../gateways/payments/memory.ts";
import { startCannedServer } from "./answering.ts";
import { anOrder, readOn } from "./fixture.ts";
import { gatewayAt, startTon, summarize } from "./ton-fixture.ts";
import { startWall } from "./wall.ts";

const invoice = (invoice_id: unknown, more: object = {}) => ({
  invoice_id,
  hash: "IVexample",
  currency_type: "crypto",
  asset: "USDT",
  amount: "3.5",
  fee_asset: "USDT",
  fee_amount: "0.105",
  status: "paid",
  paid_asset: null,
  fiat: null,
  created_at: "2026-11-26T10:00:00.000Z",
  paid_at: "2026-11-26T10:01:00.000Z",
  ...more,
});

async function cryptoBotWith(items: readonly unknown[]): Promise<CryptoBotGateway> {
  const url = await startCannedServer(() => ({
    body: JSON.stringify({ ok: true, result: { items } }),
  }));
  const settings = { currencies: ["USDT"], coin: "TON", refunds: false } as const;
  return new CryptoBotGateway({ ...settings, url, token: "12345:AAtest" });
}

test("Crypto Pay's numbers may be numbers or texts, and what is null is absent", async () => {
  const gateway = await cryptoBotWith([
    invoice(1, { fee_amount: 0.105 }),
    invoice("2", { amount: 3.5, fee_amount: "0.1049999999" }),
    invoice(3, { payload: null, comment: null, bot_invoice_url: null, paid_at: null }),
  ]);
  const { lines, unreadable } = await gateway.statement("");
  expect(unreadable).toEqual([]);
  expect(lines.map(({ report }) => report)).toMatchObject(
    // The third has no time of payment: it was created before the others were paid.
    ["3", "1", "2"].map((reference) => ({
      kind: "paid",
      reference,
      paid: money(3_500_000, "USDT"),
      fee: money(105_000, "USDT"),
    })),
  );
  expect(JSON.parse(lines[1]?.evidence ?? "")).toMatchObject({ fee_amount: 0.105 });
});

const poison = fc.constantFrom(
  null,
  "text",
  [],
  invoice(0),
  invoice(-1),
  invoice("x"),
  invoice(4, { amount: "much" }),
  invoice(4, { amount: null }),
  invoice(4, { status: null }),
  invoice(4, { asset: { code: "USDT" } }),
);

test("an unreadable row of Crypto Pay is reported with its reason, and all others are read", () =>
  fc.assert(
    fc.asyncProperty(poison, fc.nat(3), async (row, at) => {
      const good = [invoice(1), invoice(2), invoice(3)];
      const gateway = await cryptoBotWith(good.toSpliced(at, 0, row as never));
      const { lines, unreadable, more } = await gateway.statement("");
      expect(lines.map(({ report }) => "reference" in report && report.reference)).toEqual([
        "1",
        "2",
        "3",
      ]);
      expect(unreadable).toEqual([
        { evidence: JSON.stringify(row), reason: expect.stringMatching(/is not understood$/u) },
      ]);
      expect(more).toBe(false);
    }),
    { numRuns: 25 },
  ));

/**
 * Starts toncenter with rows that are changed on the way, by their place in an account's history.
 */
async function startChangedTon(change: (row: Record<string, unknown>, at: number) => unknown) {
  const ton = await startTon();
  const comments = ["M1", "M2", "M3", "M4"];
  for (const comment of comments) await ton.pay({ amount: "1500000001", comment });
  const url = await startWall(ton.url, (passing, path) => {
    if (!path.includes("/transactions")) return passing;
    const { transactions } = passing.body as { transactions: Record<string, unknown>[] };
    const changed = transactions.map((row) => change(row, placeOf(row)));
    return { ...passing, body: { transactions: changed } };
  });
  // Which of the four payments a row is, on any page.
  const known = await ton.transactions({ account: (await ton.info()).merchant.raw, sort: "asc" });
  const incoming = known.filter(({ in_msg }) => in_msg.source !== null).map(({ lt }) => lt);
  const placeOf = ({ lt }: Record<string, unknown>) => incoming.indexOf(String(lt));
  return { ton, gateway: await gatewayAt(ton, { TONCENTER_URL: url }) };
}

test("toncenter's numbers may be numbers, and what is null is absent", async () => {
  const { gateway } = await startChangedTon((row) => ({
    ...row,
    lt: Number(row["lt"]),
    prev_trans_lt: Number(row["prev_trans_lt"]),
    now: String(row["now"]),
    mc_block_seqno: String(row["mc_block_seqno"]),
    emulated: null,
    description: null,
    out_msgs:
      Array.isArray(row["out_msgs"]) && row["out_msgs"].length === 0 ? null : row["out_msgs"],
  }));
  const { lines } = await readOn(gateway);
  expect(summarize(lines)).toEqual(
    ["M1", "M2", "M3", "M4"].map((memo) => `${memo}: 1500000001 GRAM`),
  );
});

test.each<[string, (row: Record<string, unknown>) => unknown]>([
  [
    "an amount that is not a number",
    (row) => ({ ...row, in_msg: { ...(row["in_msg"] as object), value: "1e" } }),
  ],
  ["a hash that is not valid", (row) => ({ ...row, hash: "?" })],
  ["no place", () => ({ hello: "there" })],
  ["nothing", () => null],
])(
  "a row of toncenter with %s is reported, and the ones around it are read",
  async (_what, broken) => {
    const { gateway, ton } = await startChangedTon((row, at) => (at === 1 ? broken(row) : row));
    const { lines, unreadable, cursor } = await gateway.statement("");
    expect(summarize(lines)).toEqual(["M1", "M3", "M4"].map((memo) => `${memo}: 1500000001 GRAM`));
    expect(unreadable).toHaveLength(1);
    expect(unreadable[0]?.reason).not.toContain("1500000001");
    await ton.pay({ amount: "5", comment: "M5" });
    expect(summarize((await gateway.statement(cursor)).lines)).toEqual(["M5: 5 GRAM"]);
  },
);

test("a newest row without a place is reported until another follows it", async () => {
  const { gateway, ton } = await startChangedTon((row, at) => (at === 3 ? { odd: true } : row));
  const first = await gateway.statement("");
  expect([summarize(first.lines).length, first.unreadable.length]).toEqual([3, 1]);
  const again = await gateway.statement(first.cursor);
  expect(again).toMatchObject({ lines: [], unreadable: first.unreadable, cursor: first.cursor });
  await ton.pay({ amount: "5", comment: "M5" });
  const next = await gateway.statement(again.cursor);
  expect(summarize(next.lines)).toEqual(["M5: 5 GRAM"]);
  expect(await gateway.statement(next.cursor)).toMatchObject({ lines: [], unreadable: [] });
});

test("units that may have arrived are reported, not dropped", async () => {
  const ton = await startTon();
  await ton.pay({ amount: "2500000", jetton: "usdt", comment: "UNITS" });
  const url = await startWall(ton.url, (passing, path) => {
    if (!path.includes("/transactions")) return passing;
    const { transactions } = passing.body as { transactions: object[] };
    return {
      ...passing,
      body: { transactions: transactions.map((row) => ({ ...row, description: {} })) },
    };
  });
  const gateway = await gatewayAt(ton, { TONCENTER_URL: url });
  const { lines, unreadable } = await gateway.statement("");
  expect(summarize(lines).filter((line) => line.endsWith("USDT"))).toEqual([]);
  expect(unreadable).toEqual([
    { evidence: expect.any(String), reason: '"description.aborted" is absent' },
  ]);
});

const nothing = async () => undefined;

test("the memory gateway's statement has unreadable rows too", async () => {
  const gateway = new MemoryPaymentGateway();
  const fixture = { gateway, another: () => gateway, price: money(100, "RUB"), secrets: [] };
  const asked = { pay: nothing, returned: async () => 0, inject: nothing };
  gateway.settle(await anOrder({ ...fixture, ...asked }));
  const row = { evidence: "{}", reason: '"amount" is absent' };
  gateway.addUnreadable(row);
  const { lines, unreadable, cursor } = await gateway.statement("");
  expect([lines.length, unreadable]).toEqual([1, [row]]);
  expect((await gateway.statement(cursor)).cursor).toBe(cursor);
});

test("an uncountable currency is reported on our own invoice, and not on others'", async () => {
  const payload = "0192d3a4-0000-7000-8000-0000000000ad";
  const gateway = await cryptoBotWith([
    invoice(1, { asset: "GRAM", payload }),
    invoice(2, { amount: "0.0000001", payload }),
    invoice(3, { asset: "BTC", payload: "mug" }),
    invoice(4, { payload }),
  ]);
  const { lines, unreadable } = await gateway.statement("");
  expect(lines.map(({ report }) => report)).toMatchObject([{ kind: "paid", reference: "4" }]);
  expect(unreadable.map(({ reason }) => reason)).toEqual([
    expect.stringMatching(/invoice 1 was paid.*3\.5 GRAM.*CRYPTOBOT_COIN/u),
    expect.stringMatching(/invoice 2 was paid.*0\.0000001 USDT/u),
  ]);
});
