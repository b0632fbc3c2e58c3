import { expect, test } from "vitest";
import type { RefundRequest } from "../../../gateways/payments/port.ts";
import { Refused, SlowDown } from "../../../gateways/refused.ts";
import {
  anOrder,
  aRefund,
  failureOf,
  type GatewayFixture,
  type Step,
  type Traits,
  type Trouble,
  wording,
} from "./fixture.ts";

/** Runs a step while a fault is injected; resolves with what it throws. */
async function attempt(fixture: GatewayFixture, step: Step, trouble: Trouble): Promise<Error> {
  const { gateway } = fixture;
  const request = step === "refund" ? await aRefund(fixture) : undefined;
  const order = await anOrder(fixture);
  const another = await anOrder(fixture);
  const { reference } = await gateway.issueInvoice(order, wording);
  await fixture.inject(step, trouble);
  switch (step) {
    case "issueInvoice":
      return failureOf(gateway.issueInvoice(another, wording));
    case "lookup":
      return failureOf(gateway.lookup(order, reference));
    case "refund":
      return failureOf(gateway.refund(request as RefundRequest));
    case "statement":
      return failureOf(gateway.statement(""));
  }
}

const breaking = ["500", "502", "dropped"] as const;

const outagesOf = (calls: readonly Step[]): (readonly [Step, Trouble])[] => [
  ...calls.flatMap((step) => breaking.map((trouble) => [step, trouble] as const)),
  ...(["issueInvoice", "refund"] as const)
    .filter((step) => calls.includes(step))
    .map((step) => [step, "lost"] as const),
];

/** The promises about failures: errors say what failed, and contain no secret. */
export function troublePromises({ calls }: Traits, current: () => GatewayFixture): void {
  test.for(calls)("%s: 429 is a wait of as long as is asked for", async (step) => {
    const failure = await attempt(current(), step, "429");
    expect(failure).toBeInstanceOf(SlowDown);
    expect((failure as SlowDown).retryAfterMs).toBe(7_000);
  });

  test.for(outagesOf(calls))("%s: %s is an outage", async ([step, trouble]) => {
    const failure = await attempt(current(), step, trouble);
    expect([failure.constructor, failure.name]).toEqual([Error, "Error"]);
    expect(failure.message).not.toBe("it worked");
  });

  test.for(calls)("%s: a no is a refusal", async (step) => {
    const failure = await attempt(current(), step, "refused");
    expect(failure).toBeInstanceOf(Refused);
  });

  test("no error contains a secret, whatever fails", async () => {
    const { secrets } = current();
    for (const step of calls) {
      for (const trouble of ["429", "502", "dropped", "refused"] as const) {
        const failure = await attempt(current(), step, trouble);
        const shown = `${failure.message} ${failure.stack} ${JSON.stringify(failure.cause)}`;
        expect(secrets.filter((secret) => shown.includes(secret))).toEqual([]);
      }
    }
  });
}
