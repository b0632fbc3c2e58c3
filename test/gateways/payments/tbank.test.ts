import { describe, expect, test } from "vitest";
import { money } from "../../../domain/money.ts";
import { hourMs, instant } from "../../../domain/time.ts";
import { TBankGateway } from "../../../gateways/payments/tbank/adapter.ts";
import { Refused, SlowDown } from "../../../gateways/refused.ts";
import { password, terminalKey } from "../../emulators/tbank-client.ts";
import { wrongPlaces } from "./answering.ts";
import { paymentGatewayContract } from "./contract.ts";
import { openTBank, type TBankWorld } from "./tbank-world.ts";
import { anOrder, aRefund, failureOf, wording } from "./world.ts";

const traits = {
  refunds: "partial",
  hasStatement: false,
  calls: ["issueInvoice", "lookup", "refund"],
} as const;
paymentGatewayContract({ name: "T-Bank by card", ...traits }, () => openTBank());
paymentGatewayContract({ name: "T-Bank by SBP", ...traits }, () => openTBank({ means: "sbp" }));

const back = (minor: number) => ({ kind: "refunded", returned: money(minor, "RUB") });

async function issueInvoice(world: TBankWorld) {
  const order = await anOrder(world);
  const invoice = await world.gateway.issueInvoice(order, wording);
  const reports = async () =>
    (await world.gateway.lookup(order, invoice.reference)).map(({ report }) => report);
  return { order, invoice, payment_id: invoice.reference, reports };
}

describe("an invoice", () => {
  test("is one payment in one stage, over the price, until the order lapses", async () => {
    const world = await openTBank({
      // The owner may have set the terminal to hold money first.
      emulator: { payType: "T" },
      settings: { returnUrl: "https://t.me/shop_bot", notificationUrl: "http://127.0.0.1:9/hook" },
    });
    const { order, invoice } = await issueInvoice(world);
    expect(invoice.reference).toMatch(/^1366\d{16}$/u);
    const kept = await world.bank.payment(invoice.reference);
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
    expect(invoice).toMatchObject({ kind: "page", url: `${world.bank.url}/pay/${kept.key}` });
  });

  test("of an order that has nearly lapsed still stays open for a moment", async () => {
    const world = await openTBank();
    const order = { ...(await anOrder(world)), lapsesAt: instant(new Date()) };
    const { reference } = await world.gateway.issueInvoice(order, wording);
    expect((await world.bank.payment(reference)).dueAt).toBeGreaterThan(Date.now() + 60_000);
  });

  test("is described in as many characters as the bank takes, also with surrogate pairs", async () => {
    const world = await openTBank();
    const description = `${"x".repeat(139)}🔑`;
    const order = await anOrder(world);
    const { reference } = await world.gateway.issueInvoice(order, { title: "t", description });
    expect((await world.bank.payment(reference)).description).toBe(`${"x".repeat(139)}\uFFFD`);
  });

  test("of a paid order is that payment, and nobody is asked twice", async () => {
    const world = await openTBank({ settings: { returnUrl: "https://t.me/shop_bot" } });
    const { order, payment_id } = await issueInvoice(world);
    await world.bank.pay(payment_id);
    expect(await world.another().issueInvoice(order, wording)).toEqual({
      kind: "page",
      reference: payment_id,
      url: "https://t.me/shop_bot",
    });
    expect(await world.bank.calls("Init")).toHaveLength(1);
  });

  test("is refused where the terminal takes no second payment of an order", async () => {
    const world = await openTBank({ emulator: { orderIdRepeat: "refuse" } });
    const { order } = await issueInvoice(world);
    await expect(world.another().issueInvoice(order, wording)).rejects.toBeInstanceOf(Refused);
  });
});

const invoiceOf = ({ payment_id }: { payment_id: string }) => ({ invoiceReference: payment_id });

describe("a lookup", () => {
  test("after a failed try the same form may be tried again, and then it is paid", async () => {
    const world = await openTBank();
    const { payment_id, reports } = await issueInvoice(world);
    expect(await reports()).toEqual([]);
    await world.bank.control("decline", { payment_id });
    expect(await reports()).toEqual([
      { kind: "declined", final: false, reason: "REJECTED", invoiceReference: payment_id },
    ]);
    await world.bank.control("decline", { payment_id, status: "AUTH_FAIL", code: "101" });
    expect(await reports()).toMatchObject([{ final: false, reason: "AUTH_FAIL" }]);
    await world.bank.pay(payment_id);
    expect(await reports()).toMatchObject([
      { kind: "paid", reference: payment_id, paid: money(29_900, "RUB") },
    ]);
  });

  test("an expired link and a cancelled payment are final", async () => {
    const world = await openTBank();
    const late = await issueInvoice(world);
    const gone = await issueInvoice(world);
    await world.bank.control("expire", { payment_id: late.payment_id });
    await world.bank.call("Cancel", { PaymentId: gone.payment_id });
    const end = { kind: "declined", final: true };
    expect(await late.reports()).toEqual([
      { ...end, ...invoiceOf(late), reason: "DEADLINE_EXPIRED" },
    ]);
    expect(await gone.reports()).toEqual([{ ...end, ...invoiceOf(gone), reason: "CANCELED" }]);
  });

  test("a refund by the bank is reported as the total so far, after the payment", async () => {
    const world = await openTBank();
    const { payment_id, reports } = await issueInvoice(world);
    await world.bank.pay(payment_id);
    const paid = { kind: "paid", reference: payment_id, paid: money(29_900, "RUB") };
    await world.bank.control("refund", { payment_id, amount: 10_000 });
    expect(await reports()).toMatchObject([paid, back(10_000)]);
    await world.bank.control("refund", { payment_id, amount: 5_000 });
    expect(await reports()).toMatchObject([paid, back(15_000)]);
    await world.bank.control("refund", { payment_id });
    expect(await reports()).toMatchObject([paid, back(29_900)]);
  });

  test("money of another payment of the order counts; its end does not", async () => {
    const world = await openTBank();
    const { order, invoice, reports } = await issueInvoice(world);
    const second = await world.bank.init({ OrderId: order.id });
    const third = await world.bank.init({ OrderId: order.id });
    await world.bank.control("expire", { payment_id: third.PaymentId });
    expect(await reports()).toEqual([]);
    await world.bank.pay(second.PaymentId);
    expect(await reports()).toMatchObject([{ kind: "paid", reference: second.PaymentId }]);
    await world.bank.pay(invoice.reference);
    expect((await reports()).map(({ kind }) => kind)).toEqual(["paid", "paid"]);
  });

  test("a payment of another order is never taken for this one's", async () => {
    const world = await openTBank();
    const mine = await issueInvoice(world);
    const theirs = await issueInvoice(world);
    await world.bank.pay(theirs.payment_id);
    const failure = await failureOf(world.gateway.lookup(mine.order, theirs.payment_id));
    expect(failure.message).toContain("of another order");
  });

  test("a payment that the bank does not know gives no report", async () => {
    const world = await openTBank();
    expect(await world.gateway.lookup(await anOrder(world), "123")).toEqual([]);
  });
});

test("a wrong password is an outage, not a refusal", async () => {
  const { bank, ...world } = await openTBank();
  const order = await anOrder(world);
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
    const world = await openTBank();
    await world.bank.fault({ kind: "refuse", code, times: 1 });
    const failure = await failureOf(world.gateway.issueInvoice(await anOrder(world), wording));
    expect([failure.constructor, failure.name]).toEqual([Error, "Error"]);
    expect(failure.message).toContain(code);
  },
);

test("a wrong server is an outage, and our errors contain no secret", async () => {
  const world = await openTBank();
  const order = await anOrder(world);
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
  const world = await openTBank({ means: "sbp", emulator: { sbpRefunds: "when-told" } });
  const request = await aRefund(world);
  for (let time = 0; time < 5; time++) {
    expect(await world.gateway.refund(request)).toBe("underWay");
    expect(await world.gateway.refund(request)).toBe("underWay");
    const finished = { payment_id: request.reference, error: "I05043" };
    await world.bank.control("refunded", finished);
  }
  const failure = await failureOf(world.gateway.refund(request));
  expect(failure).toBeInstanceOf(SlowDown);
  expect((failure as SlowDown).retryAfterMs).toBe(hourMs);
  expect((await world.bank.payment(request.reference)).refunded).toBe(0);
});
