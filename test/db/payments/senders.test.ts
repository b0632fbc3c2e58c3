import { randomUUID } from "node:crypto";
import { Address } from "@ton/core";
import { beforeAll, expect, test } from "vitest";
import { UnmatchedPayments } from "../../../db/payments/unmatched.ts";
import { PaymentTimelines } from "../../../db/queries/payments/payment-timelines.ts";
import { PaymentQueries } from "../../../db/queries/payments/payments.ts";
import { UnmatchedQueries } from "../../../db/queries/payments/unmatched.ts";
import { telegramId } from "../../../domain/ids.ts";
import { money } from "../../../domain/money.ts";
import {
  gatewayName,
  type GatewayReport,
  type PaymentId,
} from "../../../domain/payments/payment.ts";
import { now, QueriedBooks } from "../queries/queried-books.ts";

const books = new QueriedBooks();
const gateway = gatewayName("ton");
const paid = money(10_000, "RUB");

const walletOf = (digit: string) => Address.parse(`0:${digit.repeat(64)}`);
const shown = (digit: string) => walletOf(digit).toString({ bounceable: false });

/** Every form in which an admin may have the address. */
const formsOf = (digit: string): string[] => {
  const wallet = walletOf(digit);
  return [
    wallet.toRawString(),
    wallet.toRawString().toUpperCase(),
    ...[true, false].flatMap((bounceable) =>
      [true, false].map((testOnly) => wallet.toString({ bounceable, testOnly })),
    ),
    wallet.toString({ urlSafe: false }),
  ];
};

interface Sent {
  readonly sender?: string;
  readonly comment?: string;
}

async function keep(reference: string, sent: Sent, id = randomUUID() as PaymentId): Promise<void> {
  const report: GatewayReport = { kind: "paid", reference, paid, at: now(), ...sent };
  const event = { gateway, report, evidence: "row", source: "reconciliation" } as const;
  await new UnmatchedPayments(books.db.writer.em).keepAll(id, [event]);
}

const unmatched = () => new UnmatchedQueries(books.em);
const referencesOf = async (text: string) =>
  (await unmatched().search(text)).map(({ reference }) => reference).toSorted();

beforeAll(async () => {
  await keep("from-ann", { sender: shown("a"), comment: "VPN für Ann, 100% MONTH_1" });
  await keep("from-bob", { sender: shown("b"), comment: "ab" });
  await keep("unnamed", {});
});

test("an unmatched payment keeps its sender and its comment", async () => {
  const all = await unmatched().listOpen();
  const origins = all.map(({ reference, sender, comment }) => [reference, sender, comment]);
  expect(origins).toEqual([
    ["from-ann", shown("a"), "VPN für Ann, 100% MONTH_1"],
    ["from-bob", shown("b"), "ab"],
    ["unnamed", undefined, undefined],
  ]);
});

test("an unmatched payment is found by each form of its sender's wallet", async () => {
  for (const form of formsOf("a"))
    expect(await referencesOf(form), `by ${form}`).toEqual(["from-ann"]);
  for (const form of formsOf("c")) expect(await referencesOf(form), `by ${form}`).toEqual([]);
});

test("it is found by its comment or a part of it, and by its reference", async () => {
  for (const part of ["VPN für Ann, 100% MONTH_1", "für ann", "100%", "month_1", "from-ann"]) {
    expect(await referencesOf(part), `by ${part}`).toEqual(["from-ann"]);
  }
  for (const other of ["100x", "month-1", "vpn%month", "\\", "%", "_____", "%%%%", ""]) {
    expect(await referencesOf(other), `by ${other}`).toEqual([]);
  }
});

test("a comment is found by one or two letters only where it is no longer", async () => {
  expect(await referencesOf("AB")).toEqual(["from-bob"]);
  expect(await referencesOf("a")).toEqual([]);
});

/** How PostgreSQL searches a table, where it may not read every row. */
async function planOf(table: string): Promise<string> {
  const condition = "sender = any(array['x', 'y']) or comment ilike '%month%'";
  const rows = await books.db.owner.em.fork().transactional(async (em) => {
    await em.execute("set local enable_seqscan = off");
    return em.execute<{ "QUERY PLAN": string }[]>(
      `explain select reference from ${table} where ${condition}`,
    );
  });
  return rows.map((row) => row["QUERY PLAN"]).join("\n");
}

test("the search uses the indexes, not every row", async () => {
  for (const table of ["charges", "unmatched"]) {
    const plan = await planOf(table);
    expect(plan).toContain(`${table}_by_sender`);
    expect(plan).toContain(`${table}_by_comment`);
  }
});

test("a payment's charge keeps both, and they find the payment and nothing else", async () => {
  const order = await books.shop.order();
  const sent = { sender: shown("d"), comment: "Two months, please" };
  const reference = `d-${order.id}`;
  const report = { kind: "paid", reference, paid: order.price, at: now(), ...sent } as const;
  await books.shop.decide(order, report);
  await books.paidOrder();
  expect((await new PaymentTimelines(books.em).read(order.id)).charges).toMatchObject([sent]);
  const payments = new PaymentQueries(books.em);
  for (const text of [...formsOf("d"), "two months, please", "MONTHS"]) {
    const found = await payments.searchTransfers(text);
    expect(
      found.map(({ id }) => id),
      `by ${text}`,
    ).toEqual([order.id]);
  }
  expect(await payments.searchTransfers(shown("e"))).toEqual([]);
});

test("a return that is reported later does not take them away", async () => {
  const order = await books.shop.order();
  const sent = { sender: shown("7"), comment: "will go back" };
  const reference = `7-${order.id}`;
  await books.shop.decide(order, {
    kind: "paid",
    reference,
    paid: order.price,
    at: now(),
    ...sent,
  });
  await books.shop.decide(order, { kind: "refunded", reference, returned: order.price });
  expect((await new PaymentTimelines(books.em).read(order.id)).charges).toMatchObject([
    { ...sent, returned: order.price },
  ]);
});

test("where the return was reported first, they come with the payment", async () => {
  const id = randomUUID() as PaymentId;
  const returned = money(4_000, "RUB");
  const report = { kind: "refunded", reference: "back-first", returned } as const;
  const event = { gateway, report, evidence: "row", source: "gateway" } as const;
  await new UnmatchedPayments(books.db.writer.em).keepAll(id, [event]);
  await keep("back-first", { sender: shown("8"), comment: "came late" }, id);
  expect(await unmatched().search(shown("8"))).toMatchObject([
    { reference: "back-first", comment: "came late", amount: money(6_000, "RUB") },
  ]);
});

test("whom an unmatched payment was given to is found by its wallet and comment", async () => {
  const order = await books.shop.order();
  await keep("given", { sender: shown("9"), comment: "for my sister" });
  const what = { kind: "give", customer: order.telegramId } as const;
  const resolution = { gateway, reference: "given", by: telegramId(1001), requestId: "g", what };
  await new UnmatchedPayments(books.db.writer.em).resolveOnce(resolution, now());
  for (const text of [...formsOf("9"), "my sister"]) {
    const found = await unmatched().listReceivers(text);
    expect(
      found.map(({ telegramId: id }) => id),
      `by ${text}`,
    ).toEqual([order.telegramId]);
    expect(await unmatched().search(text)).toEqual([]);
  }
});
