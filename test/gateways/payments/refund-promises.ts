import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { type Money, money } from "../../../domain/money.ts";
import type { RefundAnswer } from "../../../domain/payments/refund.ts";
import type { PaymentGateway, RefundRequest } from "../../../gateways/payments/port.ts";
import { Refused } from "../../../gateways/refused.ts";
import { eventually } from "../../drivers/eventually.ts";
import { aRefund, failureOf, type GatewayWorld, type Traits } from "./world.ts";

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
export function refundPromises({ refunds, calls }: Traits, current: () => GatewayWorld): void {
  const mayBeLost = calls.includes("refund");
  if (refunds !== "none") promisesOfAny(current, mayBeLost);
  if (refunds === "partial") promisesOfParts(current, mayBeLost);
  if (refunds !== "partial") promisesOfRefusal(current);
}

function promisesOfAny(current: () => GatewayWorld, mayBeLost: boolean): void {
  test("a refund with the same key moves money once", async () => {
    const world = current();
    const request = await aRefund(world);
    expect(await refundUntilDone(world.gateway, request)).toBe("returned");
    expect(await refundUntilDone(world.another(), request)).toBe("returned");
    expect(await world.returned(request.order, request.reference)).toBe(request.amount.minor);
  });

  test("an unmatched payment goes back to its payer, once", async () => {
    const world = current();
    const { order, ...charge } = await aRefund(world);
    expect(await refundUntilDone(world.gateway, charge)).toBe("returned");
    expect(await refundUntilDone(world.another(), charge)).toBe("returned");
    expect(await world.returned(order, charge.reference)).toBe(charge.amount.minor);
  });

  if (!mayBeLost) return;
  test("a refund whose answer was lost moves money once", async () => {
    const world = current();
    const request = await aRefund(world);
    await world.inject("refund", "lost");
    expect(await failureOf(world.gateway.refund(request))).not.toBeInstanceOf(Refused);
    expect(await refundUntilDone(world.another(), request)).toBe("returned");
    expect(await world.returned(request.order, request.reference)).toBe(request.amount.minor);
  });
}

function promisesOfParts(current: () => GatewayWorld, mayBeLost: boolean): void {
  test("partial refunds go back until nothing is left, each once, even when answers are lost", async () => {
    const world = current();
    const { gateway } = world;
    const whole = await aRefund(world);
    const at = (backMinor: number) => money(backMinor, whole.paid.currency);
    let back = 0;
    for (const share of [0.5, 0.25]) {
      const amount = partOf(whole.paid, share);
      const request = { ...whole, key: newKey(), amount, alreadyReturned: at(back) };
      if (mayBeLost) await world.inject("refund", "lost");
      // The first try may fail; the second has to notice.
      await gateway.refund(request).catch(() => undefined);
      for (let time = 0; time < 2; time++) await refundUntilDone(gateway, request);
      back += amount.minor;
      expect(await world.returned(whole.order, whole.reference)).toBe(back);
    }
    const tooMuch = { ...whole, key: newKey(), alreadyReturned: at(back) };
    await expect(gateway.refund(tooMuch)).rejects.toBeInstanceOf(Refused);
    expect(await world.returned(whole.order, whole.reference)).toBe(back);
  });
}

function promisesOfRefusal(current: () => GatewayWorld): void {
  test("a refund that it cannot make is refused, and no money moves", async () => {
    const world = current();
    const { refunds } = world.gateway.capabilities;
    const whole = await aRefund(world);
    const request = refunds === "none" ? whole : { ...whole, amount: partOf(whole.paid, 0.5) };
    await expect(world.gateway.refund(request)).rejects.toBeInstanceOf(Refused);
    expect(await world.returned(whole.order, whole.reference)).toBe(0);
  });
}
