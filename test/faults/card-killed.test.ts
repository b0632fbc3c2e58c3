import { afterAll, beforeAll, expect, test } from "vitest";
import { DurableClient } from "../../client/durable.ts";
import { changeRenewal, startPurchase } from "../../client/payments.ts";
import { Customers } from "../../db/people/customers.ts";
import { renewalPaymentId } from "../../domain/derived-ids.ts";
import { subscriptionId, telegramId } from "../../domain/ids.ts";
import { gatewayName, type PaymentId } from "../../domain/payments/payment.ts";
import type { PlanCode } from "../../domain/payments/plan.ts";
import { dayMs, hourMs, instant } from "../../domain/time.ts";
import { startTBankEmulator } from "../../emulators/tbank/emulator.ts";
import type { Payment } from "../../emulators/tbank/payments.ts";
import type { SavedCard } from "../../emulators/tbank/saved-cards.ts";
import { workflowIds } from "../../workflows/contract/names.ts";
import { adminId, FragileProduct, retryUntilDone, signUp } from "./fragile-product.ts";
import { ask } from "./gateway-drivers/control.ts";
import { planKills, playOrExplain } from "./kill-plan.ts";
import { type Payer, paymentIdOf } from "./money-facts.ts";
import { stepsOf } from "./steps.ts";

const steps = stepsOf("cards");
const gateway = gatewayName("tbank");
const terminal = { terminalKey: "1366000000004KILL", password: "killedAtEachStep0001" } as const;
const firstPerson = 72_000_001;
const ofCards = planKills(
  steps,
  { findCardChange: "renew", saveCard: "renew", chargeCard: "renew", removeCard: "renew" },
  firstPerson,
);
/** Steps of every payment, here of the one that the calendar starts. */
const stepsOfRenewal = ["openOrder", "issueInvoice", "decideEvents"] as const;
const ofRenewals = planKills(
  stepsOfRenewal,
  { openOrder: "renew", issueInvoice: "renew", decideEvents: "renew" },
  firstPerson + ofCards.length,
);
const kills = [
  ...ofCards,
  ...ofRenewals.map((kill) => ({ ...kill, death: { ...kill.death, at: "renewal" as const } })),
];

let bank: Awaited<ReturnType<typeof startTBankEmulator>>;
let product: FragileProduct;

beforeAll(async () => {
  bank = await startTBankEmulator({ port: 0, ...terminal, recurring: true });
  product = await FragileProduct.open(
    kills.map(({ death }) => death),
    {
      AUTO_APPROVE: "true",
      TBANK_TERMINAL_KEY: terminal.terminalKey,
      TBANK_PASSWORD: terminal.password,
      TBANK_URL: bank.url,
      TBANK_RECURRING: "true",
    },
  );
});
afterAll(async () => {
  await product.close();
  await bank.close();
});

test(`a worker that is killed at each of ${steps.length} steps of a saved card, and at ${stepsOfRenewal.length} of the payment that charges it, charges it once`, async () => {
  await product.person(adminId).send("/start");
  const payers = kills.map((kill) => {
    const { person } = kill.death;
    return { kill, payer: { person: product.person(person), id: paymentIdOf(person) } };
  });
  await Promise.all(payers.map(({ payer }) => signUp(payer.person)));
  await Promise.all(
    payers.map(({ kill, payer }) => playOrExplain(product, kill, () => renew(payer))),
  );
  product.checkAllDeathsHappened();
  await product.checkEverythingAgrees();
  for (const { payer } of payers) await product.checkSentOnce(payer.person);
}, 900_000);

/** Agrees and pays, has the calendar charge the card, and removes the card. */
async function renew(payer: Payer): Promise<void> {
  await payFirst(payer);
  const [subscription] = await product.rows<{ id: string; paid_until: string }>(
    `select s.id, s.paid_until from subscriptions s join customers c on c.id = s.customer_id
      where c.telegram_id = ?`,
    [payer.person.id],
  );
  const paidUntil = instant(new Date(subscription!.paid_until));
  const renewal = renewalPaymentId(subscriptionId(subscription!.id), { paidUntil, try: 1 });
  product.nameRenewal(payer.person, renewal);
  const untilTryMs = Date.parse(subscription!.paid_until) - Date.now() - 3 * dayMs;
  await product.pass(`subscription:${subscription!.id}`, untilTryMs + hourMs);
  await retryUntilDone(async () => {
    expect(await listLots(payer)).toHaveLength(2);
  });
  await checkChargedOnce(payer, renewal);
  await removeCard(payer);
}

async function payFirst({ person, id }: Payer): Promise<void> {
  const client = new DurableClient(product.temporal.client);
  const choice = { plan: "month" as PlanCode, planVersion: 1, gateway, currency: "RUB" } as const;
  const purchase = { telegramId: telegramId(person.id), ...choice, recurs: "begins" } as const;
  const customer = await new Customers(product.books.em).find(purchase.telegramId);
  if (customer === undefined) throw new Error(`${person.id} is not a customer`);
  await startPurchase(client, id, purchase, { customerId: customer.id });
  const payment_id = await retryUntilDone(async () => {
    const [row] = await product.rows<{ reference: string | null }>(
      "select invoice_reference as reference from payments where id = ?",
      [id],
    );
    if (!row?.reference) throw new Error(`${id} has no invoice`);
    return row.reference;
  });
  await ask(`${bank.url}/control/pay`, { payment_id });
  await retryUntilDone(async () => {
    const reconciler = product.temporal.client.workflow.getHandle(workflowIds.gateway(gateway));
    await reconciler.signal("checkNow");
    expect(await listConsents(id)).toEqual([{ state: "saved" }]);
  });
}

const listConsents = (id: string) =>
  product.rows<{ state: string }>("select state from card_consents where order_id = ?", [id]);

const listLots = ({ person }: Payer) =>
  product.rows(
    `select 1 from time_lots l join subscriptions s on s.id = l.subscription_id
       join customers c on c.id = s.customer_id
      where c.telegram_id = ? and l.kind = 'payment'`,
    [person.id],
  );

/** By the bank's own records: the first payment and the renewal, each over the price. */
async function checkChargedOnce({ person, id }: Payer, renewal: PaymentId): Promise<void> {
  const orders = await product.rows<{ id: string }>(
    `select p.id from payments p join customers c on c.id = p.customer_id where c.telegram_id = ?`,
    [person.id],
  );
  const mine = new Set(orders.map((order) => order.id));
  const all = await ask<Payment[]>(`${bank.url}/control/payments`, undefined, "GET");
  const taken = all.filter((one) => mine.has(one.orderId) && one.taken > 0);
  expect({ person: person.id, taken: taken.map((one) => [one.orderId, one.taken]) }).toEqual({
    person: person.id,
    taken: [
      [id, 30_000],
      [renewal, 30_000],
    ],
  });
}

async function removeCard({ person, id }: Payer): Promise<void> {
  const client = new DurableClient(product.temporal.client);
  const requestId = `forget-${person.id}`;
  const change = { kind: "forgetCard" } as const;
  const request = { requestId, telegramId: telegramId(person.id), change };
  await retryUntilDone(() => changeRenewal(client, request));
  await retryUntilDone(async () => {
    expect(await listConsents(id)).toEqual([{ state: "removed" }]);
  });
  const cards = await ask<SavedCard[]>(`${bank.url}/control/cards`, undefined, "GET");
  expect(cards.filter(({ customerKey }) => customerKey === id)).toMatchObject([{ status: "D" }]);
}
