import { expect, test } from "vitest";
import type { PaymentOrder } from "../../../domain/payments/payment.ts";
import { Refused } from "../../../gateways/refused.ts";
import type { SavedCards } from "../../../gateways/payments/saved-cards.ts";
import { anOrder, failureOf, type GatewayFixture, paidFor, wording } from "./fixture.ts";

/** A gateway that saves cards, and what its owners and banks do with them. */
export interface CardFixture extends GatewayFixture {
  readonly cards: SavedCards;
  /** The next charges of this card are declined, or no longer. */
  readonly decline: (consent: PaymentOrder, isOn: boolean) => Promise<void>;
  /** Whether the answer to the next charge can be lost. */
  readonly loseAnswer?: () => Promise<unknown>;
}

async function renewalOf(fixture: GatewayFixture) {
  const order: PaymentOrder = { ...(await anOrder(fixture)), recurs: "renews" };
  const { reference } = await fixture.gateway.issueInvoice(order, wording, { isFirst: true });
  return { order, invoiceReference: reference };
}

/** The promises of `gateways/payments/saved-cards.ts`. */
export function cardPromises(open: () => Promise<CardFixture>): void {
  /** An order whose payment has saved a card. */
  const saved = async () => {
    const fixture = await open();
    const consent: PaymentOrder = { ...(await anOrder(fixture)), recurs: "begins" };
    await fixture.pay(consent, await fixture.gateway.issueInvoice(consent, wording));
    const card = await fixture.cards.find(consent.id);
    if (card === undefined) throw new Error("no card was saved");
    return { fixture, consent, card };
  };
  test("a payment saves its card only where its customer has agreed", async () => {
    const { fixture, card } = await saved();
    expect(card.pan).toMatch(/^\d{6}\*{6}\d{4}$/u);
    expect(card.expires).toMatch(/^\d{4}$/u);
    const once = await anOrder(fixture);
    await fixture.pay(once, await fixture.gateway.issueInvoice(once, wording));
    expect(await fixture.cards.find(once.id)).toBeUndefined();
  });

  test("a card is charged once per order, however often it is asked for", async () => {
    const { fixture, card } = await saved();
    const { order, invoiceReference } = await renewalOf(fixture);
    const again = await fixture.another().issueInvoice(order, wording, { isFirst: false });
    expect(again.reference).toBe(invoiceReference);
    const charge = { order, invoiceReference, token: card.token };
    const first = await fixture.cards.charge(charge);
    const second = await fixture.cards.charge(charge);
    expect(paidFor(order, first)).toMatchObject([{ paid: order.price }]);
    expect(paidFor(order, [...first, ...second])).toHaveLength(1);
    expect(JSON.stringify([first, second])).not.toContain(card.token);
    const other = await renewalOf(fixture);
    const another = await fixture.cards.charge({ ...other, token: card.token });
    expect(paidFor(other.order, another)).toHaveLength(1);
  });

  test("a declined charge is declined for good, and the next order may go through", async () => {
    const { fixture, consent, card } = await saved();
    await fixture.decline(consent, true);
    const declined = await renewalOf(fixture);
    const charge = { ...declined, token: card.token };
    const { invoiceReference } = declined;
    const end = { kind: "declined", final: true, invoiceReference };
    expect(await fixture.cards.charge(charge)).toMatchObject([{ report: end }]);
    await fixture.decline(consent, false);
    expect(await fixture.cards.charge(charge)).toMatchObject([{ report: end }]);
    expect(await fixture.gateway.lookup(declined.order, invoiceReference)).toMatchObject([
      { report: end },
    ]);
    expect(await fixture.cards.find(consent.id)).toEqual(card);
    const next = await renewalOf(fixture);
    const paid = await fixture.cards.charge({ ...next, token: card.token });
    expect(paidFor(next.order, paid)).toHaveLength(1);
  });

  test("a charge whose answer was lost is looked up, and made once", async () => {
    const { fixture, card } = await saved();
    const { order, invoiceReference } = await renewalOf(fixture);
    if (fixture.loseAnswer === undefined) return;
    await fixture.loseAnswer();
    const charge = { order, invoiceReference, token: card.token };
    const failure = await failureOf(fixture.cards.charge(charge));
    expect(failure).not.toBeInstanceOf(Refused);
    expect(failure.message).not.toContain(card.token);
    expect(paidFor(order, await fixture.cards.charge(charge))).toHaveLength(1);
  });

  test("a removed card is found and charged no more, and may be removed again", async () => {
    const { fixture, consent, card } = await saved();
    await fixture.cards.remove(consent.id);
    await fixture.cards.remove(consent.id);
    expect(await fixture.cards.find(consent.id)).toBeUndefined();
    const { order, invoiceReference } = await renewalOf(fixture);
    const lines = await fixture.cards.charge({ order, invoiceReference, token: card.token });
    expect(paidFor(order, lines)).toEqual([]);
  });
}
