import { describe, expect, test } from "vitest";
import type { PaymentOrder } from "../../../domain/payments/payment.ts";
import { money } from "../../../domain/money.ts";
import { MemoryPaymentGateway } from "../../../gateways/payments/memory.ts";
import { Refused } from "../../../gateways/refused.ts";
import { type CardFixture, cardPromises } from "./card-promises.ts";
import { anOrder, failureOf, wording } from "./fixture.ts";
import { openTBank } from "./tbank-fixture.ts";

async function openCards(options: { readonly recurring?: boolean } = {}) {
  const { recurring = true } = options;
  const settings = { recurring: true };
  const fixture = await openTBank({ emulator: { recurring }, settings });
  const { bank } = fixture;
  const cards = fixture.gateway.savedCards;
  if (cards === undefined) throw new Error("the gateway saves no cards");
  return {
    ...fixture,
    cards,
    decline: async ({ id }: PaymentOrder, isOn: boolean) => {
      const change = { customer_key: id, to: isOn ? "poor" : "good" };
      await bank.control("cards", change, "PUT");
    },
    loseAnswer: () => bank.fault({ kind: "timeout-after-success", method: "Charge", hold_ms: 50 }),
  };
}

describe("T-Bank keeps the promises of saved cards", () => {
  cardPromises(() => openCards());
});

describe("memory keeps the promises of saved cards", () => {
  cardPromises(async (): Promise<CardFixture> => {
    const gateway = new MemoryPaymentGateway({ recurring: "card", currencies: ["RUB"] });
    return {
      gateway,
      cards: gateway.savedCards!,
      another: () => gateway,
      price: money(29_900, "RUB"),
      pay: async (order) => void gateway.settle(order),
      returned: async (_order, reference) => gateway.returnedOf(reference),
      inject: async () => undefined,
      secrets: [],
      decline: async (_consent, isOn) => void (gateway.isDeclining = isOn),
    };
  });
});

/** A saved card at T-Bank, and a renewal whose invoice is issued. */
async function withRenewal(options?: { readonly recurring?: boolean }) {
  const fixture = await openCards(options);
  const consent: PaymentOrder = { ...(await anOrder(fixture)), recurs: "begins" };
  await fixture.pay(consent, await fixture.gateway.issueInvoice(consent, wording));
  const card = await fixture.cards.find(consent.id);
  const order: PaymentOrder = { ...(await anOrder(fixture)), recurs: "renews" };
  const { reference } = await fixture.gateway.issueInvoice(order, wording);
  const charge = { order, invoiceReference: reference, token: card?.token ?? "" };
  return { ...fixture, consent, order, charge, reference };
}

test("T-Bank is told who begins each payment, and the renewal names no customer", async () => {
  const { bank, consent, order } = await withRenewal();
  const all = await bank.control<readonly { orderId: string }[]>("payments", undefined, "GET");
  const of = ({ id }: PaymentOrder) => all.find(({ orderId }) => orderId === id);
  expect(of(consent)).toMatchObject({
    recurrent: true,
    customerKey: consent.id,
    data: { OperationInitiatorType: "1" },
  });
  expect(of(order)).toMatchObject({ recurrent: false, data: { OperationInitiatorType: "R" } });
  expect(of(order)).not.toHaveProperty("customerKey");
});

test("a terminal that may not charge yet refuses, and nothing is charged", async () => {
  const { cards, bank, charge, reference } = await withRenewal({ recurring: false });
  expect(await failureOf(cards.charge(charge))).toBeInstanceOf(Refused);
  expect(await bank.payment(reference)).toMatchObject({ status: "NEW", taken: 0 });
});

test("an error never repeats what charges the card", async () => {
  const { cards, bank, charge } = await withRenewal();
  const name = `no card has the id ${charge.token}`;
  await bank.fault({ kind: "refuse", method: "Charge", code: "1126", name });
  const { message } = await failureOf(cards.charge(charge));
  expect(message).toContain("no card has the id (secret)");
  expect(message).not.toContain(charge.token);
});

test("without the owner's setting T-Bank saves no card", async () => {
  const { gateway, bank } = await openTBank({ emulator: { recurring: true } });
  expect(gateway.capabilities.recurring).toBeUndefined();
  expect(gateway.savedCards).toBeUndefined();
  const fixture = { gateway, price: money(29_900, "RUB") };
  const order: PaymentOrder = {
    ...(await anOrder(fixture as Parameters<typeof anOrder>[0])),
    recurs: "begins",
  };
  const { reference } = await gateway.issueInvoice(order, wording);
  expect(await bank.payment(reference)).toMatchObject({ recurrent: false });
});
