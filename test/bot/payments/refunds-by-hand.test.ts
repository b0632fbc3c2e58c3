import { expect, test } from "vitest";
import { MemoryPaymentGateway } from "../../../gateways/payments/memory.ts";
import { textsIn } from "../../../texts/index.ts";
import { eventually } from "../../drivers/eventually.ts";
import { useTestApp } from "../../drivers/test-app.ts";
import { BotCustomer } from "../bot-customer.ts";
import { findPayment } from "./find-payment.ts";

const memory = new MemoryPaymentGateway({ currencies: ["RUB"], refunds: "none" });
const app = useTestApp({ gateways: () => [memory] });
const { refund, refundNotOpened } = textsIn("en").payments;

async function openPaid() {
  const bob = new BotCustomer(app, await app.customer());
  const before = await bob.paidUntil();
  const id = await bob.buy("month", "memory", "RUB");
  await bob.settle(memory, id);
  await eventually(async () => expect(await bob.paidUntil()).toBeGreaterThan(before));
  const admin = await app.admin();
  const { message_id: card } = await findPayment(admin, id, id);
  await admin.press(card, `sure-refund:${id}`);
  await admin.waitForMessage(/memory cannot send money back by itself. Send 300 ₽/u);
  await admin.pressButton(new RegExp(`^refund-sent:${id}:`, "u"));
  await admin.waitForMessage(/Send the hash of the transaction/u);
  return { bob, before, id, admin };
}

test("a refund that was sent by hand is booked with its transaction, and its time is taken back", async () => {
  const { bob, before, id, admin } = await openPaid();
  await admin.send("no hash");
  await admin.waitForMessage(/does not look like the hash/u);
  await admin.send("9f86d081884c7d659a2feaa0c55ad015");
  await bob.person.waitForMessage(/300 ₽ has been refunded/u);
  await eventually(async () => expect(await bob.paidUntil()).toBe(before));
  expect(
    await app.rows("select transaction, state from refunds where payment_id = ?", [id]),
  ).toEqual([{ transaction: "9f86d081884c7d659a2feaa0c55ad015", state: "returned" }]);
  const [audit] = await app.rows<{ after: { transaction: string } }>(
    "select after from audit_log where act = 'refund' and after ->> 'paymentId' = ?",
    [id],
  );
  expect(audit?.after.transaction).toMatch(/^9f86/u);
});

test("one transaction is one refund", async () => {
  const first = await openPaid();
  await first.admin.send("a-transaction-of-the-network");
  await first.bob.person.waitForMessage(/300 ₽ has been refunded/u);
  const { admin, id } = await openPaid();
  await admin.send("a-transaction-of-the-network");
  await eventually(async () => {
    expect(await admin.listTexts()).toContain(refundNotOpened.sameTransaction);
  });
  expect(await app.rows("select 1 from refunds where payment_id = ?", [id])).toEqual([]);
  const started = refund.taken("300 ₽", `Person ${first.bob.person.id}`, "memory");
  expect(await admin.listTexts()).toContain(started);
});
