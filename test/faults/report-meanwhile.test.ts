import { setTimeout as delay } from "node:timers/promises";
import { afterAll, expect, test } from "vitest";
import { DurableClient } from "../../client/durable.ts";
import { reportEvents, startPurchase } from "../../client/payments.ts";
import { Customers } from "../../db/people/customers.ts";
import { AuditQueries } from "../../db/queries/operations/audit.ts";
import { telegramId } from "../../domain/ids.ts";
import type { Currency } from "../../domain/money.ts";
import { gatewayName, type PaymentId } from "../../domain/payments/payment.ts";
import type { PlanCode } from "../../domain/payments/plan.ts";
import { hourMs } from "../../domain/time.ts";
import { workflowIds } from "../../workflows/contract/names.ts";
import type { Death } from "../drivers/fragile-worker.ts";
import { advance } from "../drivers/time-skipping.ts";
import { adminId, FragileProduct, retryUntilDone, signUp } from "./fragile-product.ts";
import { ask } from "./gateway-drivers/control.ts";
import { cryptobot } from "./gateway-drivers/cryptobot.ts";
import type { GatewayDriver } from "./gateway-drivers/gateway-driver.ts";
import { ton } from "./gateway-drivers/ton.ts";
import { paid, paymentIdOf } from "./money-facts.ts";

/** At the end of the decision over what the lookup at the lapse has found. */
const deathOf = (person: number): Death => ({ person, activity: "decideEvents", when: "ended" });
const people = { cryptobot: 70_000_777, ton: 70_000_778 };

const opened: { product?: FragileProduct; drivers: GatewayDriver[] } = { drivers: [] };

afterAll(async () => {
  await opened.product?.close();
  for (const driver of opened.drivers) await driver.close();
});

/** The product with both gateways, neither of which sends webhooks. */
async function open(): Promise<FragileProduct> {
  if (opened.product !== undefined) return opened.product;
  const silence = { webhookUrl: "http://127.0.0.1:9", telegramUrl: "" };
  opened.drivers = [await cryptobot.open(silence), await ton.open(silence)];
  const variables = opened.drivers.map((driver) => driver.variables);
  const env = Object.assign({ AUTO_APPROVE: "true" }, ...variables) as Record<string, string>;
  opened.product = await FragileProduct.open(Object.values(people).map(deathOf), env);
  await opened.product.person(adminId).send("/start");
  return opened.product;
}

interface Waiting {
  readonly id: PaymentId;
  readonly memo: string;
  readonly reference: string;
}

/**
 * A customer gets an invoice while the reconciler is paused:
 * only the lookup at the lapse finds the charge.
 */
async function openInvoice(
  product: FragileProduct,
  gateway: keyof typeof people,
  currency: Currency,
): Promise<Waiting> {
  const person = product.person(people[gateway]);
  await signUp(person);
  const { client } = product.temporal;
  await client.workflow.getHandle(workflowIds.gateway(gatewayName(gateway))).signal("pause");
  const id = paymentIdOf(person.id);
  const customer = await new Customers(product.books.em).find(telegramId(person.id));
  const choice = { telegramId: telegramId(person.id), plan: "month" as PlanCode, planVersion: 1 };
  const purchase = { ...choice, gateway: gatewayName(gateway), currency };
  await startPurchase(new DurableClient(client), id, purchase, {
    customerId: customer!.id,
  });
  return retryUntilDone(async () => {
    const [row] = await product.rows<{ memo: string; reference: string | null }>(
      "select memo, invoice_reference as reference from payments where id = ?",
      [id],
    );
    if (!row?.reference) throw new Error("no invoice yet");
    return { id, memo: row.memo, reference: row.reference };
  });
}

/** Lets the invoice lapse: the gateway is asked, its answer is decided, and the worker dies. */
async function lapseUntilDeath(product: FragileProduct, id: PaymentId, person: number) {
  const { connection, namespace } = product.temporal;
  const workflowId = workflowIds.payment(id);
  const lapsing = advance(connection, namespace, { workflowId, ms: 25 * hourMs }).catch(String);
  while (!product.hasDied(deathOf(person))) await delay(20);
  return { lapsing };
}

const chargesOf = (product: FragileProduct, id: PaymentId) =>
  product.rows<{ reference: string; use: string }>(
    "select reference, use from charges where payment_id = ? order by paid_at",
    [id],
  );

test("a report that comes while the worker is dead behind another's decision gets a decision of its own", async () => {
  const product = await open();
  const { id, reference } = await openInvoice(product, "cryptobot", "USDT");
  const url = opened.drivers[0]!.variables["CRYPTOBOT_URL"];
  await ask(`${url}/control/pay`, { invoice_id: Number(reference) });
  const { lapsing } = await lapseUntilDeath(product, id, people.cryptobot);
  const report = paid("second-charge");
  const event = {
    gateway: gatewayName("cryptobot"),
    report,
    evidence: "",
    source: "gateway",
  } as const;
  await reportEvents(new DurableClient(product.temporal.client), id, [event]);
  expect(await lapsing).toBeUndefined();
  await product.waitForEnd(workflowIds.payment(id));
  const references = (await chargesOf(product, id)).map((charge) => charge.reference);
  expect(references.toSorted()).toEqual([reference, "second-charge"].toSorted());
}, 400_000);

test("two halves of a price, of which one comes while the worker is dead behind the other's decision, buy the time", async () => {
  const product = await open();
  const { id, memo } = await openInvoice(product, "ton", "GRAM");
  const half = { amount: "1000000000", comment: memo };
  const url = opened.drivers[1]!.variables["TONCENTER_URL"];
  await ask(`${url}/control/pay`, half);
  await lapseUntilDeath(product, id, people.ton);
  await ask(`${url}/control/pay`, half);
  const reconciler = workflowIds.gateway(gatewayName("ton"));
  await product.temporal.client.workflow.getHandle(reconciler).signal("resume");
  await retryUntilDone(async () =>
    expect((await chargesOf(product, id)).map(({ use }) => use)).toEqual(["grant", "grant"]),
  );
  expect(await new AuditQueries(product.books.em).findDisagreements()).toEqual([]);
}, 400_000);
