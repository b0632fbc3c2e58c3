import * as fc from "fast-check";
import { beforeEach, describe, expect, test } from "vitest";
import { money } from "../../../domain/money.ts";
import type { PaymentOrder } from "../../../domain/payments/payment.ts";
import type { PaymentGateway, StatementLine } from "../../../gateways/payments/port.ts";
import { Refused } from "../../../gateways/refused.ts";
import {
  anOrder,
  failureOf,
  type GatewayFixture,
  paidFor,
  readOn,
  readReports,
  type Traits,
  wording,
} from "./fixture.ts";
import { refundPromises } from "./refund-promises.ts";
import { troublePromises } from "./trouble-promises.ts";

/** The promises of `gateways/payments/port.ts`, which every adapter keeps. */
export function paymentGatewayContract(traits: Traits, open: () => Promise<GatewayFixture>): void {
  describe(`${traits.name} keeps the payment gateway's promises`, () => {
    let fixture: GatewayFixture;
    let gateway: PaymentGateway;
    beforeEach(async () => {
      fixture = await open();
      gateway = fixture.gateway;
    });

    const issued = async (order?: PaymentOrder) => {
      const asked = order ?? (await anOrder(fixture));
      return { order: asked, invoice: await gateway.issueInvoice(asked, wording) };
    };
    const bought = async () => {
      const made = await issued();
      await fixture.pay(made.order, made.invoice);
      return made;
    };

    test("it takes the currency of its invoices, and they stay open for a while", () => {
      const { refunds, hasStatement } = traits;
      expect(gateway.capabilities).toMatchObject({ refunds, hasStatement });
      expect(gateway.capabilities.currencies).toContain(fixture.price.currency);
      expect(gateway.capabilities.invoiceTtlMs).toBeGreaterThan(60_000);
    });

    test("the same order twice gives the same invoice, another order another one", async () => {
      const { order, invoice } = await issued();
      expect(await gateway.issueInvoice(order, wording)).toEqual(invoice);
      expect((await issued()).invoice.reference).not.toBe(invoice.reference);
    });

    test("two parallel requests for an order get one invoice", async () => {
      const order = await anOrder(fixture);
      const [one, other] = await Promise.all([issued(order), issued(order)]);
      expect(other.invoice).toEqual(one.invoice);
    });

    test("a new process finds the invoice, or makes one that can be paid", async () => {
      const { order, invoice } = await issued();
      const again = await fixture.another().issueInvoice(order, wording);
      expect(again).toEqual(fixture.tellsOnce === true ? again : invoice);
      await fixture.pay(order, again);
      expect(paidFor(order, await readReports(gateway, order, again))).toHaveLength(1);
    });

    test("an invoice issued with `isFirst` is found again like any other", async () => {
      const order = await anOrder(fixture);
      const invoice = await gateway.issueInvoice(order, wording, { isFirst: true });
      expect(await gateway.issueInvoice(order, wording, { isFirst: false })).toEqual(invoice);
      const again = await fixture.another().issueInvoice(order, wording, { isFirst: false });
      expect(again).toEqual(fixture.tellsOnce === true ? again : invoice);
    });

    test("an order in a currency that it does not take is refused", async () => {
      const { currencies } = gateway.capabilities;
      const foreign = (["XTR", "EUR"] as const).find((one) => !currencies.includes(one)) ?? "XTR";
      const order = await anOrder(fixture, money(fixture.price.minor, foreign));
      await expect(gateway.issueInvoice(order, wording)).rejects.toBeInstanceOf(Refused);
    });

    test("nothing reports an unpaid invoice as paid", async () => {
      const { order, invoice } = await issued();
      await bought();
      expect(paidFor(order, await readReports(gateway, order, invoice))).toEqual([]);
    });

    test("an invoice is cancelled as often as requested, and a paid one stays paid", async () => {
      if (gateway.cancelInvoice === undefined) return;
      const unpaid = await issued();
      for (const each of [gateway, fixture.another()]) {
        await each.cancelInvoice?.(unpaid.order, unpaid.invoice.reference);
      }
      const { order, invoice } = await bought();
      await gateway.cancelInvoice(order, invoice.reference);
      const [charge] = paidFor(order, await readReports(gateway, order, invoice));
      expect(charge?.paid).toEqual(fixture.price);
      expect(await fixture.returned(order, charge?.reference ?? "")).toBe(0);
      const reports = await readReports(gateway, unpaid.order, unpaid.invoice);
      expect(paidFor(unpaid.order, reports)).toEqual([]);
    });

    test("a payment is reported once per charge, to the last unit, alike by every way", async () => {
      const { order, invoice } = await bought();
      const reports = await readReports(gateway, order, invoice);
      const [charge, ...more] = paidFor(order, reports);
      expect(more).toEqual([]);
      expect(charge?.paid).toEqual(fixture.price);
      expect(charge?.reference).not.toBe("");
      const again = paidFor(order, await readReports(fixture.another(), order, invoice));
      expect(again.map(({ reference }) => reference)).toEqual([charge?.reference]);
      const mine = reports.filter(({ report }) => "reference" in report);
      expect(mine.filter(({ evidence }) => evidence === "")).toEqual([]);
    });

    test("a payment says from whom it came and with which comment, where that is known", async () => {
      const { order, invoice } = await bought();
      const [charge] = paidFor(order, await readReports(gateway, order, invoice));
      const { sender, comment } = charge ?? {};
      const known = fixture.origin?.(order) ?? {};
      expect({ sender, comment }).toEqual({ sender: undefined, comment: undefined, ...known });
    });

    test("two payments are two charges", async () => {
      const one = await bought();
      const other = await bought();
      const references = [];
      for (const { order, invoice } of [one, other]) {
        references.push(...paidFor(order, await readReports(gateway, order, invoice)));
      }
      expect(new Set(references.map(({ reference }) => reference)).size).toBe(2);
    });

    if (traits.calls.includes("issueInvoice")) {
      test("an invoice whose answer was lost is found again, or another can be paid", async () => {
        await fixture.inject("issueInvoice", "lost");
        const order = await anOrder(fixture);
        expect(await failureOf(gateway.issueInvoice(order, wording))).not.toBeInstanceOf(Refused);
        const { invoice } = await issued(order);
        const later = await fixture.another().issueInvoice(order, wording);
        expect(later).toEqual(fixture.tellsOnce === true ? later : invoice);
        await fixture.pay(order, invoice);
        expect(paidFor(order, await readReports(gateway, order, invoice))).toHaveLength(1);
      });
    }

    if (traits.hasStatement) {
      test("a statement reads everything from its beginning, and continues at its cursor", async () => {
        const before = [await bought(), await bought(), await bought(), await bought()];
        const { lines, cursor } = await readOn(gateway);
        for (const { order } of before) expect(paidFor(order, lines)).toHaveLength(1);
        const after = await bought();
        const next = await readOn(fixture.another(), cursor);
        expect(paidFor(after.order, next.lines)).toHaveLength(1);
        for (const { order } of before) {
          const twice = paidFor(order, [...lines, ...next.lines]);
          expect(twice).toEqual(paidFor(order, lines));
        }
      });

      test("payments made while a statement is read are not lost", async () => {
        const actions = fc.array(fc.constantFrom("pays", "reads"), { minLength: 4, maxLength: 10 });
        await fc.assert(
          fc.asyncProperty(actions, async (history) => {
            const orders: PaymentOrder[] = [];
            const lines: StatementLine[] = [];
            let cursor = "";
            for (const action of history) {
              if (action === "pays") {
                orders.push((await bought()).order);
              } else {
                const page = await gateway.statement(cursor);
                lines.push(...page.lines);
                cursor = page.cursor;
              }
            }
            // A payment made during a pass may come with the next one.
            for (let reading = 0; reading < 2; reading++) {
              const rest = await readOn(gateway, cursor);
              lines.push(...rest.lines);
              cursor = rest.cursor;
            }
            for (const order of orders) expect(paidFor(order, lines)).toHaveLength(1);
          }),
          { numRuns: 4 },
        );
      });
    }

    refundPromises(traits, () => fixture);
    troublePromises(traits, () => fixture);
  });
}
