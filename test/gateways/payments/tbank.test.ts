import { describe, expect, test } from "vitest";
import { money } from "../../../domain/money.ts";
import { hourMs, instant } from "../../../domain/time.ts";
import { TBankGateway } from "../../../gateways/payments/tbank/adapter.ts";
import { Refused, SlowDown } from "../../../gateways/refused.ts";
import { password, terminalKey } from "../../emulators/tbank-client.ts";
import { wrongPlaces } from "./answering.ts";
import { paymentGatewayContract } from "./contract.ts";
import { anOrder, aRefund, failureOf, wording } from "./fixture.ts";
import { openTBank, type TBankFixture } from "./tbank-fixture.ts";

const traits = {
  refunds: "partial",
  hasStatement: false,
  calls: ["issueInvoice", "lookup", "refund"],
} as const;
paymentGatewayContract({ name: "T-Bank by card", ...traits }, () => openTBank());
paymentGatewayContract({ name: "T-Bank by SBP", ...traits }, () => openTBank({ means: "sbp" }));

const back = (minor: number) => ({ kind: "refunded", returned: money(minor, "RUB") });

async function issueInvoice(fixture: TBankFixture) {
  const order = await anOrder(fixture);
  const invoice = await fixture.gateway.issueInvoice(order, wording);
  const reports = async () =>
    (await fixture.gateway.lookup(order, invoice.reference)).map(({ report }) => report);
  return { order, invoice, payment_id: invoice.reference, reports };
}

describe("an invoice", () => {
  test.each(["en", "ru"] as const)("opens in its customer's language (%s)", async (language) => {
    const fixture = await openTBank();
    const order = await anOrder(fixture);
    const invoice = await fixture.gateway.issueInvoice(order, { ...wording, language });
    if (invoice.kind !== "page") throw new Error("there is no page");
    const page = await fetch(invoice.url, { headers: { "accept-language": "de" } });
    expect(await page.text()).toContain(`<html lang="${language}"`);
  });

  test("is one payment in one stage, over the price, until the order lapses", async () => {
    const fixture = await openTBank({
      // The owner may have set the terminal to hold money first.
      emulator: { payType: "T" },
      settings: { returnUrl: "https://t.me/shop_bot", notificationUrl: "http://127.0.0.1:9/hook" },
    });
    const { order, invoice } = await issueInvoice(fixture);
    expect(invoice.reference).toMatch(/^1366\d{16}$/u);
    const kept = await fixture.bank.payment(invoice.reference);
    expect(kept).toMatchObject({
      orderId: order.id,
      amount: 29_900,
      stages: 1,
      description: wording.description,
      notificationUrl: "http://127.0.0.1:9/hook",
      successUrl: "https://t.me/shop_bot",
      failUrl: "https://t.me/shop_bot",
    });
    expect(Math.abs(kept.dueAt - Date.parse(order.lapsesAt))).toBeLessThan(1_000);
    expect(invoice).toMatchObject({ kind: "page", url: `${fixture.bank.url}/pay/${kept.key}` });
  });

  test("of an order that has nearly lapsed still stays open for a moment", async () => {
    const fixture = await openTBank();
    const order = { ...(await anOrder(fixture)), lapsesAt: instant(new Date()) };
    const { reference } = await fixture.gateway.issueInvoice(order, wording);
    expect((await fixture.bank.payment(reference)).dueAt).toBeGreaterThan(Date.now() + 60_000);
  });

  test("is described in as many characters as the bank takes, also with surrogate pairs", async () => {
    const fixture = await openTBank();
    const description = `${"x".repeat(139)}🔑`;
    const order = await anOrder(fixture);
    const { reference } = await fixture.gateway.issueInvoice(order, { title: "t", description });
    expect((await fixture.bank.payment(reference)).description).toBe(`${"x".repeat(139)}\uFFFD`);
  });

  test("of a paid order is that payment, and nobody is asked twice", async () => {
    const fixture = await openTBank({ settings: { returnUrl: "https://t.me/shop_bot" } });
    const { order, payment_id } = await issueInvoice(fixture);
    await fixture.bank.pay(payment_id);
    expect(await fixture.another().issueInvoice(order, wording)).toEqual({
      kind: "page",
      reference: payment_id,
      url: "https://t.me/shop_bot",
    });
    expect(await fixture.bank.calls("Init")).toHaveLength(1);
  });

  test("is refused where the terminal takes no second payment of an order", async () => {
    const fixture = await openTBank({ emulator: { orderIdRepeat: "refuse" } });
    const { order } = await issueInvoice(fixture);
    await expect(fixture.another().issueInvoice(order, wording)).rejects.toBeInstanceOf(Refused);
  });
});

const invoiceOf = ({ payment_id }: { payment_id: string }) => ({ invoiceReference: payment_id });

describe("a lookup", () => {
  test("after a failed try the same form may be tried again, and then it is paid", async () => {
    const fixture = await openTBank();
    const { payment_id, reports } = await issueInvoice(fixture);
    expect(await reports()).toEqual([]);
    await fixture.bank.control("decline", { payment_id });
    expect(await reports()).toEqual([
      { kind: "declined", final: false, reason: "REJECTED", invoiceReference: payment_id },
    ]);
    await fixture.bank.control("decline", { payment_id, status: "AUTH_FAIL", code: "101" });
    expect(await reports()).toMatchObject([{ final: false, reason: "AUTH_FAIL" }]);
    await fixture.bank.pay(payment_id);
    expect(await reports()).toMatchObject([
      { kind: "paid", reference: payment_id, paid: money(29_900, "RUB") },
    ]);
  });

  test("an expired link and a cancelled payment are final", async () => {
    const fixture = await openTBank();
    const late = await issueInvoice(fixture);
    const gone = await issueInvoice(fixture);
    await fixture.bank.control("expire", { payment_id: late.payment_id });
    await fixture.bank.call("Cancel", { PaymentId: gone.payment_id });
    const end = { kind: "declined", final: true };
    expect(await late.reports()).toEqual([
      { ...end, ...invoiceOf(late), reason: "DEADLINE_EXPIRED" },
    ]);
    expect(await gone.reports()).toEqual([{ ...end, ...invoiceOf(gone), reason: "CANCELED" }]);
  });

  test("a refund by the bank is reported as the total so far, after the payment", async () => {
    const fixture = await openTBank();
    const { payment_id, reports } = await issueInvoice(fixture);
    await fixture.bank.pay(payment_id);
    const paid = { kind: "paid", reference: payment_id, paid: money(29_900, "RUB") };
    await fixture.bank.control("refund", { payment_id, amount: 10_000 });
    expect(await reports()).toMatchObject([paid, back(10_000)]);
    await fixture.bank.control("refund", { payment_id, amount: 5_000 });
    expect(await reports()).toMatchObject([paid, back(15_000)]);
    await fixture.bank.control("refund", { payment_id });
    expect(await reports()).toMatchObject([paid, back(29_900)]);
  });

  test("money of another payment of the order counts; its end does not", async () => {
    const fixture = await openTBank();
    const { order, invoice, reports } = await issueInvoice(fixture);
    const second = await fixture.bank.init({ OrderId: order.id });
    const third = await fixture.bank.init({ OrderId: order.id });
    await fixture.bank.control("expire", { payment_id: third.PaymentId });
    expect(await reports()).toEqual([]);
    await fixture.bank.pay(second.PaymentId);
    expect(await reports()).toMatchObject([{ kind: "paid", reference: second.PaymentId }]);
    await fixture.bank.pay(invoice.reference);
    expect((await reports()).map(({ kind }) => kind)).toEqual(["paid", "paid"]);
  });

  test("a payment of another order is never taken for this one's", async () => {
    const fixture = await openTBank();
    const mine = await issueInvoice(fixture);
    const theirs = await issueInvoice(fixture);
    await fixture.bank.pay(theirs.payment_id);
    const failure = await failureOf(fixture.gateway.lookup(mine.order, theirs.payment_id));
    expect(failure.message).toContain("of another order");
  });

  test("a payment that the bank does not know gives no report", async () => {
    const fixture = await openTBank();
    expect(await fixture.gateway.lookup(await anOrder(fixture), "123")).toEqual([]);
  });
});

test("a wrong password is an outage, not a refusal", async () => {
  const { bank, ...fixture } = await openTBank();
  const order = await anOrder(fixture);
  for (const wrong of [{ password: "not it" }, { terminalKey: "OTHER" }]) {
    const gateway = new TBankGateway({ url: bank.url, terminalKey, password, ...wrong });
    const failure = await failureOf(gateway.issueInvoice(order, wording));
    expect(failure).not.toBeInstanceOf(Refused);
    expect(failure.message).toContain("check TBANK_TERMINAL_KEY and TBANK_PASSWORD");
    expect(failure.message).not.toContain("not it");
  }
});

test.each(["99", "120", "1030", "1034", "1089", "9001", "9999"])(
  "code %s passes by itself: it is an outage",
  async (code) => {
    const fixture = await openTBank();
    await fixture.bank.fault({ kind: "refuse", code, times: 1 });
    const failure = await failureOf(fixture.gateway.issueInvoice(await anOrder(fixture), wording));
    expect([failure.constructor, failure.name]).toEqual([Error, "Error"]);
    expect(failure.message).toContain(code);
  },
);

test("a wrong server is an outage, and our errors contain no secret", async () => {
  const fixture = await openTBank();
  const order = await anOrder(fixture);
  for (const url of await wrongPlaces()) {
    const gateway = new TBankGateway({ url, terminalKey, password });
    for (const attempt of [
      () => gateway.issueInvoice(order, wording),
      () => gateway.lookup(order, "1"),
    ]) {
      const failure = await failureOf(attempt());
      expect([url, failure.constructor]).toEqual([url, Error]);
      expect(failure.message).not.toBe("it worked");
      expect(`${failure.message} ${failure.stack} ${String(failure.cause)}`).not.toContain(
        password,
      );
    }
  }
});

test("five failed SBP refunds a day are a wait, not a refusal", async () => {
  const fixture = await openTBank({ means: "sbp", emulator: { sbpRefunds: "when-told" } });
  const request = await aRefund(fixture);
  for (let time = 0; time < 5; time++) {
    expect(await fixture.gateway.refund(request)).toBe("underWay");
    expect(await fixture.gateway.refund(request)).toBe("underWay");
    const finished = { payment_id: request.reference, error: "I05043" };
    await fixture.bank.control("refunded", finished);
  }
  const failure = await failureOf(fixture.gateway.refund(request));
  expect(failure).toBeInstanceOf(SlowDown);
  expect((failure as SlowDown).retryAfterMs).toBe(hourMs);
  expect((await fixture.bank.payment(request.reference)).refunded).toBe(0);
});
