import * as fc from "fast-check";
import { expect, test } from "vitest";
import { starsLine, starsSubscription } from "../../../gateways/payments/stars/webhook.ts";

const id = "0192f0c1-2345-7abc-8def-0123456789ab";
const moved = {
  currency: "XTR",
  total_amount: 150,
  invoice_payload: id,
  telegram_payment_charge_id: "stx1",
  provider_payment_charge_id: "",
};
const message = {
  message_id: 7,
  from: { id: 5, is_bot: false, first_name: "Eve" },
  chat: { id: 5, type: "private" },
  date: 1_795_305_600,
};
const at = "2026-11-22T00:00:00.000Z";

test("paid Stars are a payment, also those of a subscription", () => {
  const renewal = { is_recurring: true, subscription_expiration_date: 1_797_897_600 };
  for (const more of [{}, renewal]) {
    const said = { ...message, successful_payment: { ...moved, ...more } };
    expect(starsLine(said)).toEqual({
      about: { kind: "payment", id },
      report: {
        kind: "paid",
        reference: "stx1",
        paid: { minor: 150, currency: "XTR" },
        payer: 5,
        at,
      },
      evidence: JSON.stringify(said),
    });
  }
});

test("a refund of Stars is of the whole charge", () => {
  const said = { ...message, refunded_payment: moved };
  expect(starsLine(said)).toEqual({
    about: { kind: "payment", id },
    report: { kind: "refunded", reference: "stx1", returned: { minor: 150, currency: "XTR" } },
    evidence: JSON.stringify(said),
  });
});

test("a payload that is not a payment's id is reported as unmatched", () => {
  for (const invoice_payload of ["", "order 7", id.toUpperCase(), `${id} `]) {
    const line = starsLine({ ...message, successful_payment: { ...moved, invoice_payload } });
    expect(line).toMatchObject({ about: { kind: "nobody" }, report: { reference: "stx1" } });
  }
});

test.each([
  ["no money in it", {}],
  ["another currency", { successful_payment: { ...moved, currency: "RUB" } }],
  ["a part of a Star", { successful_payment: { ...moved, total_amount: 1.5 } }],
  ["less than nothing", { refunded_payment: { ...moved, total_amount: -1 } }],
  ["more than can be counted", { successful_payment: { ...moved, total_amount: 2 ** 53 } }],
  ["an amount as text", { successful_payment: { ...moved, total_amount: "150" } }],
  ["no charge", { successful_payment: { ...moved, telegram_payment_charge_id: "" } }],
  ["no date", { successful_payment: moved, date: undefined }],
])("a message with %s says nothing of Stars", (_, change) => {
  expect(starsLine({ ...message, ...change })).toBeUndefined();
});

test("any message in the chat is a line or undefined", () =>
  fc.assert(
    fc.property(fc.anything(), fc.anything(), (any, part) => {
      const line = starsLine(any) ?? starsLine({ ...message, successful_payment: part });
      expect(line).toBeUndefined();
    }),
  ));

test("an update about a subscription is read, and what is not one is left alone", () => {
  const invoice_payload = "0190f5d8-7c4e-4b59-9c0c-3a1f0f6f7a11";
  const update = (state: string) => ({
    update_id: 1,
    subscription: { user: { id: 5 }, invoice_payload, state },
  });
  for (const state of ["active", "canceled", "failed"]) {
    const read = { payer: 5, order: invoice_payload, state };
    expect(starsSubscription(update(state))).toEqual(read);
  }
  expect(starsSubscription(update("sleeping"))).toBeUndefined();
  expect(starsSubscription({ update_id: 1, message: {} })).toBeUndefined();
});
