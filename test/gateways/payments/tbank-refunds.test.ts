import { expect, test } from "vitest";
import { type Money, money } from "../../../domain/money.ts";
import { TBankGateway } from "../../../gateways/payments/tbank/adapter.ts";
import { Refused } from "../../../gateways/refused.ts";
import { password, terminalKey } from "../../emulators/tbank-client.ts";
import { startCannedServer } from "./answering.ts";
import { aRefund, failureOf } from "./fixture.ts";
import { openTBank } from "./tbank-fixture.ts";

const receipt = { taxation: "usn_income", vat: "vat22", email: "shop@example.com" };
const rub = (minor: number): Money => money(minor, "RUB");

test("with a cash register every payment and every partial refund has its receipt", async () => {
  const fixture = await openTBank({ emulator: { cashRegister: true }, settings: { receipt } });
  const request = await aRefund(fixture);
  expect(await fixture.gateway.refund({ ...request, key: "part", amount: rub(900) })).toBe(
    "returned",
  );
  const rest = { key: "rest", alreadyReturned: rub(900), amount: rub(29_000) };
  expect(await fixture.gateway.refund({ ...request, ...rest })).toBe("returned");
  expect(await fixture.bank.payment(request.reference)).toMatchObject({ status: "REFUNDED" });
  const without = await openTBank({ emulator: { cashRegister: true } });
  await expect(aRefund(without)).rejects.toThrow("309");
});

test("a refund that SBP could not make is requested again", async () => {
  const fixture = await openTBank({ means: "sbp", emulator: { sbpRefunds: "when-told" } });
  const request = await aRefund(fixture);
  const { reference: payment_id } = request;
  expect(await fixture.gateway.refund(request)).toBe("underWay");
  await fixture.bank.control("refunded", { payment_id, error: "I05043" });
  expect(await fixture.gateway.refund(request)).toBe("underWay");
  await fixture.bank.control("refunded", { payment_id });
  expect(await fixture.gateway.refund(request)).toBe("returned");
  expect((await fixture.bank.payment(payment_id)).refunded).toBe(29_900);
});

test("a refused lookup is not a refusal of the refund, which may have been made", async () => {
  const fixture = await openTBank();
  const request = await aRefund(fixture);
  await fixture.bank.fault({ kind: "refuse", method: "GetState", code: "7", times: 1 });
  expect(await failureOf(fixture.gateway.refund(request))).not.toBeInstanceOf(Refused);
  expect(await fixture.gateway.refund(request)).toBe("returned");
  await fixture.bank.fault({ kind: "refuse", method: "GetState", code: "7", times: 1 });
  expect(await failureOf(fixture.gateway.refund(request))).not.toBeInstanceOf(Refused);
  expect((await fixture.bank.payment(request.reference)).refunded).toBe(29_900);
});

test("two processes that request a refund at once make one", async () => {
  const fixture = await openTBank();
  const request = { ...(await aRefund(fixture)), amount: rub(10_000) };
  const both = [fixture.gateway.refund(request), fixture.another().refund(request)];
  expect(await Promise.all(both)).toEqual(["returned", "returned"]);
  expect((await fixture.bank.payment(request.reference)).refunded).toBe(10_000);
});

test("an SBP refund that blocks its own repeat is under way, not refused", async () => {
  const fixture = await openTBank({ means: "sbp", emulator: { sbpRefunds: "when-told" } });
  const request = await aRefund(fixture);
  const both = [fixture.gateway.refund(request), fixture.another().refund(request)];
  expect(await Promise.all(both)).toEqual(["underWay", "underWay"]);
  await fixture.bank.control("refunded", { payment_id: request.reference });
  expect(await fixture.gateway.refund(request)).toBe("returned");
});

test.each(["card", "sbp"] as const)(
  "a refund by the bank that the database does not know moves no money of ours: %s",
  async (means) => {
    const fixture = await openTBank({ means });
    const request = { ...(await aRefund(fixture)), amount: rub(10_000) };
    await fixture.bank.control("refund", { payment_id: request.reference, amount: 3_000 });
    const failure = await failureOf(fixture.gateway.refund(request));
    expect(failure).toBeInstanceOf(Refused);
    expect(failure.message).toContain("our books disagree");
    expect((await fixture.bank.payment(request.reference)).refunded).toBe(3_000);
    // Once the database knows of it, the rest can be refunded.
    const known = { ...request, key: "again", alreadyReturned: rub(3_000) };
    while ((await fixture.gateway.refund(known)) === "underWay");
    expect((await fixture.bank.payment(request.reference)).refunded).toBe(13_000);
  },
);

test("a payment that the bank refunded whole needs no refund of ours", async () => {
  const fixture = await openTBank();
  const request = await aRefund(fixture);
  await fixture.bank.control("refund", { payment_id: request.reference });
  expect(await fixture.gateway.refund(request)).toBe("returned");
  expect(await fixture.bank.calls("Cancel")).toEqual([]);
});

test("a refund does not cancel an unpaid payment", async () => {
  const fixture = await openTBank();
  const request = await aRefund(fixture);
  const { PaymentId } = await fixture.bank.init({ OrderId: request.order.id });
  const failure = await failureOf(fixture.gateway.refund({ ...request, reference: PaymentId }));
  expect(failure).toBeInstanceOf(Refused);
  expect(failure.message).toContain("NEW");
  expect(await fixture.bank.state(PaymentId)).toBe("NEW");
});

test("a balance that is too low refuses the refund, with the bank's message", async () => {
  const fixture = await openTBank();
  const request = await aRefund(fixture);
  await fixture.bank.control("balance", { kopecks: 0 }, "PUT");
  const failure = await failureOf(fixture.gateway.refund(request));
  expect(failure).toBeInstanceOf(Refused);
  expect(failure.message).toContain("3002");
});

test.each([0, -1, 30_000])("a refund of %i of 29900 kopecks is refused", async (minor) => {
  const fixture = await openTBank();
  const request = await aRefund(fixture);
  await expect(fixture.gateway.refund({ ...request, amount: rub(minor) })).rejects.toBeInstanceOf(
    Refused,
  );
  expect((await fixture.bank.payment(request.reference)).refunded).toBe(0);
});

/** A bank that does not say how much was refunded, and the requests that it got. */
async function silentBank(source: string | undefined) {
  const asked: string[] = [];
  const fixture = await openTBank();
  const request = await aRefund(fixture);
  const url = await startCannedServer((path, body) => {
    const method = path.slice("/v2/".length);
    asked.push(method);
    const Params = source === undefined ? [] : [{ Key: "Source", Value: source }];
    const fields = {
      Success: true,
      ErrorCode: "0",
      Status: "PARTIAL_REFUNDED",
      Amount: 29_900,
      Params,
    };
    const { ExternalRequestId } = JSON.parse(body) as { ExternalRequestId?: string };
    const ids = { PaymentId: "7", OrderId: request.order.id, ExternalRequestId };
    return { body: JSON.stringify({ ...fields, ...ids }) };
  });
  return { asked, request, gateway: new TBankGateway({ url, terminalKey, password }) };
}

test("where the bank does not say what was refunded, a card's refund is known by its key", async () => {
  const { asked, request, gateway } = await silentBank("cards");
  expect(await gateway.refund({ ...request, amount: rub(100) })).toBe("returned");
  expect(asked).toEqual(["GetState", "Cancel"]);
});

test.each([undefined, "qrsbp"])(
  "where nothing says what is back, nobody guesses: neither yes, nor no, nor once more (%s)",
  async (source) => {
    const { asked, request, gateway } = await silentBank(source);
    const failure = await failureOf(gateway.refund({ ...request, amount: rub(100) }));
    expect([failure.constructor, failure.name]).toEqual([Error, "Error"]);
    expect(failure.message).toContain("see its cabinet");
    expect(asked).toEqual(["GetState"]);
  },
);
