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
const hash = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

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
  for (const words of ["no hash", "tomorrow", "https://example.com/tomorrow"]) {
    await admin.send(words);
    await admin.waitForMessage(/is not the hash of a transaction/u);
  }
  await admin.send(`https://tonviewer.com/transaction/${hash.toUpperCase()}?section=1`);
  await admin.waitForMessage(new RegExp(`Book 300 ₽ as returned to .*\\n${hash}`, "u"));
  expect(await app.rows("select 1 from refunds where payment_id = ?", [id])).toEqual([]);
  const { messageId, data } = await admin.button(new RegExp(`^refund-book:${id}:`, "u"));
  await Promise.all([admin.press(messageId, data), admin.press(messageId, data)]);
  await bob.person.waitForMessage(/300 ₽ has been refunded/u);
  await eventually(async () => expect(await bob.paidUntil()).toBe(before));
  expect(
    await app.rows("select transaction, state from refunds where payment_id = ?", [id]),
  ).toEqual([{ transaction: hash, state: "returned" }]);
  const [audit] = await app.rows<{ after: { transaction: string } }>(
    "select after from audit_log where act = 'refund' and after ->> 'paymentId' = ?",
    [id],
  );
  expect(audit?.after.transaction).toMatch(/^9f86/u);
});

test("one transaction is one refund", async () => {
  const first = await openPaid();
  await first.admin.send("0".repeat(64));
  await first.admin.pressButton(new RegExp(`^refund-book:${first.id}:`, "u"));
  await first.bob.person.waitForMessage(/300 ₽ has been refunded/u);
  const { admin, id } = await openPaid();
  // The same 32 bytes in base64.
  await admin.send(`${"A".repeat(43)}=`);
  await admin.pressButton(new RegExp(`^refund-book:${id}:`, "u"));
  await eventually(async () => {
    expect(await admin.listTexts()).toContain(refundNotOpened.sameTransaction);
  });
  expect(await app.rows("select 1 from refunds where payment_id = ?", [id])).toEqual([]);
  const started = refund.taken("300 ₽", `Person ${first.bob.person.id}`, "memory");
  expect(await admin.listTexts()).toContain(started);
});

test("what is typed after the question was left books nothing", async () => {
  const { admin, id } = await openPaid();
  await admin.pressButton(/^admin:?/u);
  await admin.send(hash);
  await admin.waitForMessage(/did not understand/u);
  await admin.send("/admin");
  await admin.send(hash);
  await eventually(async () => {
    const unknown = (await admin.listTexts()).filter((text) => text.includes("did not understand"));
    expect(unknown.length).toBeGreaterThan(1);
  });
  expect(await app.rows("select 1 from refunds where payment_id = ?", [id])).toEqual([]);
});
