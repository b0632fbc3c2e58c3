import { expect } from "vitest";
import { DurableClient } from "../../client/durable.ts";
import { changeRenewal } from "../../client/payments.ts";
import { telegramId } from "../../domain/ids.ts";
import type { PlanCode } from "../../domain/payments/plan.ts";
import type { RenewalChange } from "../../domain/payments/renewal.ts";
import { workflowIds } from "../../workflows/contract/names.ts";
import type { Payer } from "./money-facts.ts";
import { type FragileProduct, retryUntilDone } from "./fragile-product.ts";

const change: RenewalChange = {
  kind: "agree",
  by: "balance",
  plan: "month" as PlanCode,
  planVersion: 1,
  currency: "USDT",
};

/**
 * A customer agrees to renew their plan from the balance: it is booked once, and a subscription in
 * Stars that they had ends.
 */
export async function agreeToRenew(
  product: FragileProduct,
  { person: { id: person }, id }: Payer,
): Promise<void> {
  await product.rows(
    `insert into star_subscriptions (order_id, subscription_id, reference, since, until, state)
     select id, subscription_id, 'stars-' || id, now(), now() + interval '30 days', 'active'
       from payments where id = ?`,
    [id],
  );
  const requestId = `renewal-${person}`;
  const request = { requestId, telegramId: telegramId(person), change };
  const client = new DurableClient(product.temporal.client);
  await retryUntilDone(() => changeRenewal(client, request));
  await product.waitForEnd(workflowIds.renewalChange(requestId));
  const query = "select 1 from audit_log where request_id = ?";
  expect(await product.rows(query, [requestId])).toHaveLength(1);
  await retryUntilDone(async () => {
    const ended = "select 1 from star_subscriptions where order_id = ? and is_canceled";
    expect(await product.rows(ended, [id])).toHaveLength(1);
  });
}
