import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { type Money, money } from "../../../domain/money.ts";
import type { RefundAnswer } from "../../../domain/payments/refund.ts";
import type { PaymentGateway, RefundRequest } from "../../../gateways/payments/port.ts";
import { Refused } from "../../../gateways/refused.ts";
import { eventually } from "../../drivers/eventually.ts";
import { aRefund, failureOf, type GatewayFixture, type Traits } from "./fixture.ts";

/** Repeats until the gateway is done, as the refund's workflow does. */
const refundUntilDone = (gateway: PaymentGateway, request: RefundRequest): Promise<RefundAnswer> =>
  eventually(async () => {
    const answer = await gateway.refund(request);
    if (answer === "underWay") throw new Error("still under way");
    return answer;
  });

const partOf = ({ minor, currency }: Money, share: number): Money =>
  money(Math.floor(minor * share), currency);

const newKey = () => `refund-${randomUUID()}`;

/** The promises about refunds: money goes back once. */
export function refundPromises({ refunds, calls }: Traits, current: () => GatewayFixture): void {
  const mayBeLost = calls.includes("refund");
  if (refunds !== "none") promisesOfAny(current, mayBeLost);
  if (refunds === "partial") promisesOfParts(current, mayBeLost);
  if (refunds !== "partial") promisesOfRefusal(current);
}

function promisesOfAny(current: () => GatewayFixture, mayBeLost: boolean): void {
  test("a refund with the same key moves money once", async () => {
    const fixture = current();
    const request = await aRefund(fixture);
    expect(await refundUntilDone(fixture.gateway, request)).toBe("returned");
    expect(await refundUntilDone(fixture.another(), request)).toBe("returned");
    expect(await fixture.returned(request.order, request.reference)).toBe(request.amount.minor);
  });

  test("an unmatched payment goes back to its payer, once", async () => {
    const fixture = current();
    const { order, ...charge } = await aRefund(fixture);
    expect(await refundUntilDone(fixture.gateway, charge)).toBe("returned");
    expect(await refundUntilDone(fixture.another(), charge)).toBe("returned");
    expect(await fixture.returned(order, charge.reference)).toBe(charge.amount.minor);
  });

  if (!mayBeLost) return;
  test("a refund whose answer was lost moves money once", async () => {
    const fixture = current();
    const request = await aRefund(fixture);
    await fixture.inject("refund", "lost");
    expect(await failureOf(fixture.gateway.refund(request))).not.toBeInstanceOf(Refused);
    expect(await refundUntilDone(fixture.another(), request)).toBe("returned");
    expect(await fixture.returned(request.order, request.reference)).toBe(request.amount.minor);
  });
}

function promisesOfParts(current: () => GatewayFixture, mayBeLost: boolean): void {
  test("partial refunds go back until nothing is left, each once, even when answers are lost", async () => {
    const fixture = current();
    const { gateway } = fixture;
    const whole = await aRefund(fixture);
    const at = (backMinor: number) => money(backMinor, whole.paid.currency);
    let back = 0;
    for (const share of [0.5, 0.25]) {
      const amount = partOf(whole.paid, share);
      const request = { ...whole, key: newKey(), amount, alreadyReturned: at(back) };
      if (mayBeLost) await fixture.inject("refund", "lost");
      // The first try may fail; the second has to notice.
      await gateway.refund(request).catch(() => undefined);
      for (let time = 0; time < 2; time++) await refundUntilDone(gateway, request);
      back += amount.minor;
      expect(await fixture.returned(whole.order, whole.reference)).toBe(back);
    }
    const tooMuch = { ...whole, key: newKey(), alreadyReturned: at(back) };
    await expect(gateway.refund(tooMuch)).rejects.toBeInstanceOf(Refused);
    expect(await fixture.returned(whole.order, whole.reference)).toBe(back);
  });
}

function promisesOfRefusal(current: () => GatewayFixture): void {
  test("a refund that it cannot make is refused, and no money moves", async () => {
    const fixture = current();
    const { refunds } = fixture.gateway.capabilities;
    const whole = await aRefund(fixture);
    const request = refunds === "none" ? whole : { ...whole, amount: partOf(whole.paid, 0.5) };
    await expect(fixture.gateway.refund(request)).rejects.toBeInstanceOf(Refused);
    expect(await fixture.returned(whole.order, whole.reference)).toBe(0);
  });
}
