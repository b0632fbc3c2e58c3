import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { refundRequestId } from "../../../domain/derived-ids.ts";
import { dayMs } from "../../../domain/time.ts";
import { textsIn } from "../../../texts/index.ts";
import { workflowIds } from "../../../workflows/contract/names.ts";
import { eventually } from "../../drivers/eventually.ts";
import type { Person } from "../../drivers/person.ts";
import { adminId, useTestApp } from "../../drivers/test-app.ts";
import { TestCustomer } from "../../drivers/test-customer.ts";
import { BotCustomer, memoryGateway, starsAnd } from "../bot-customer.ts";
import { cardOf, forgePress } from "../people.ts";
import { findPayment } from "./find-payment.ts";

const secondAdminId = 1002;
const memory = memoryGateway();
const app = useTestApp({ gateways: starsAnd(memory), adminIds: [adminId, secondAdminId] });
const createCustomer = async () => new BotCustomer(app, await app.customer());

/** The request by which a payment was returned, once its refund has ended. */
async function waitForRefund(id: string): Promise<string> {
  const requestId = await eventually(async () => {
    const [refund] = await app.rows<{ request_id: string }>(
      "select request_id from refunds where payment_id = ? and state = 'returned'",
      [id],
    );
    if (refund === undefined) throw new Error("not returned yet");
    return refund.request_id;
  });
  await app.client.workflow.getHandle(workflowIds.refund(requestId)).result();
  return requestId;
}

test("of two admins who return a payment at once one does, and a double tap is one refund", async () => {
  const admin = await app.admin();
  const deputy = await app.admin(secondAdminId);
  const bob = await createCustomer();
  const before = await bob.paidUntil();
  const { id } = await bob.buyByStars();
  await eventually(async () => expect(await bob.paidUntil()).toBe(before + 30 * dayMs));
  const yes = new RegExp(`^refund-whole:${id}:[0-9a-f]{8}$`, "u");
  const sure = async (admin: Person) => {
    const { message_id: card } = await findPayment(admin, id, id);
    await admin.press(card, `sure-refund:${id}`);
    await admin.waitForMessage(/Refund 250 ⭐ to/u);
    return admin.button(yes);
  };
  const mine = await sure(admin);
  const theirs = await sure(deputy);
  const taps = await Promise.all([
    admin.press(mine.messageId, mine.data),
    admin.press(mine.messageId, mine.data),
    deputy.press(theirs.messageId, theirs.data),
  ]);
  const { underWay } = textsIn("en").payments.refundNotOpened;
  expect(taps.filter(({ answer }) => answer?.text !== underWay).length).toBeGreaterThan(0);
  // The question of whoever was first has become the answer, which leads on.
  const started = await eventually(async () => {
    const all = [...(await admin.chat()), ...(await deputy.chat())];
    const found = all.find(({ text }) =>
      /refund of 250 ⭐ to .*Person.* has started/u.test(text ?? ""),
    );
    if (found === undefined) throw new Error("no answer yet");
    return found;
  });
  expect([mine.messageId, theirs.messageId]).toContain(started.message_id);
  expect(started.reply_markup?.inline_keyboard?.flat().map((key) => key.callback_data)).toEqual([
    `customer:${bob.person.id}`,
    `payment:${id}`,
  ]);
  await bob.person.waitForMessage(/250 ⭐ has been refunded to you. Your access now runs until/u);
  const done = await admin.waitForMessage(/250 ⭐ was refunded by Telegram Stars/u);
  expect(done.text).toMatch(/\n.*Person \d+.*: access until \d/u);
  const returned = await waitForRefund(id);
  const isMine = returned === refundRequestId(mine.data.slice(-8), id);
  // The press that has returned it, delivered once more after its refund has ended.
  const late = await (isMine ? forgePress(app, admin, mine) : forgePress(app, deputy, theirs));
  expect(late).toMatchObject({ text: textsIn("en").payments.refundNotOpened.underWay });
  await eventually(async () => expect(await bob.paidUntil()).toBe(before));
  const [{ refunds } = { refunds: 0 }] = await app.rows<{ refunds: number }>(
    "select count(*) as refunds from refunds where payment_id = ? and state = 'returned'",
    [id],
  );
  expect(refunds).toBe(1);
  expect(await new TestCustomer(app, bob.person).listAccounts(id as never)).toEqual({
    refunds: 250,
    revenue: -250,
  });
  const acts = await app.rows("select actor from audit_log where act = 'refund'");
  expect(acts).toHaveLength(1);
  const { text = "" } = await findPayment(admin, id, id);
  expect(text).toMatch(/State: refunded[^]*250 ⭐ refunded[^]*Refund of 250 ⭐: completed/u);
  await cardOf(admin, bob.person);
  await admin.pressButton(new RegExp(`^history:${bob.person.id}$`, "u"));
  await admin.waitForMessage(/History[^]*time taken back or returned \(\u2068−30 days\u2069\)/u);
});

test("/refund returns a part where the gateway can, and says what is wrong where it cannot", async () => {
  const admin = await app.admin();
  const bob = await createCustomer();
  const before = await bob.paidUntil();
  const id = await bob.buy("month", "memory", "RUB");
  const reference = await bob.settle(memory, id);
  await bob.person.waitForMessage(/Paid\. Your access/u);
  const expectAnswer = async (command: string, answer: RegExp) => {
    const received = (await admin.listTexts()).length;
    await admin.send(command);
    await eventually(async () => {
      const fresh = (await admin.listTexts()).slice(received);
      expect(
        fresh.some((words) => answer.test(words)),
        `${command}: ${fresh.join()}`,
      ).toBe(true);
    });
  };
  const short = id.slice(0, 8);
  for (const wrong of ["", short, `${short} 100`, `${short} 100 `]) {
    await expectAnswer(`/refund ${wrong}`, /^Send \/refund/u);
  }
  for (const amount of ["-1", "1,5", "0.001", "1e3", "0", "сто"]) {
    await expectAnswer(`/refund ${short} ${amount} why`, /not an amount in RUB/u);
  }
  await expectAnswer(`/refund ${randomUUID()} 1 why`, /There is no paid payment/u);
  await expectAnswer(`/refund ${short} 300.01 why`, /more than is left/u);
  await expectAnswer(`/refund ${short} 100.00 it was <slow>\nand dear`, /100 ₽ was refunded/u);
  expect(memory.returnedOf(reference)).toBe(10_000);
  await eventually(async () => expect(await bob.paidUntil()).toBe(before + 20 * dayMs));
  await waitForRefund(id);
  // The same message, delivered once more after its refund has ended.
  const message = (await admin.chat()).findLast(({ text }) => text?.includes("it was <slow>"));
  const again = (await admin.listTexts()).length;
  await fetch(`${app.emulatorUrl}/control/updates`, {
    method: "POST",
    body: JSON.stringify({ message }),
  });
  await eventually(async () => {
    expect((await admin.listTexts()).slice(again)).toEqual([
      textsIn("en").payments.refundNotOpened.underWay,
    ]);
  });
  expect(memory.returnedOf(reference)).toBe(10_000);
  expect(await bob.paidUntil()).toBe(before + 20 * dayMs);
  const { text = "" } = await findPayment(admin, id, id);
  expect(text).toMatch(
    /Refund of 100 ₽: completed; by \u2068Person 1001\u2069: it was <slow> and dear/u,
  );
  await expectAnswer(`/refund ${short} 1 ${"why ".repeat(40)}`, /at most 128 fit/u);
  const { id: whole } = await bob.buyByStars();
  await expectAnswer(`/refund ${whole} 100 why`, /refunds payments only in full/u);
});

test("a refund above the limit of the owner waits among the requests, under its own sign", async () => {
  const admin = await app.admin();
  const bob = await createCustomer();
  const id = await bob.buy("month", "memory", "RUB");
  const amount = { minor: 30_000, currency: "RUB" };
  const subject = { kind: "refund", amount, gateway: "memory", reason: "it does not work" };
  await app.rows(
    `insert into approvals (approval_id, ask, kind, customer_id, subject, state, asked_at)
     select 'refund:' || md5(?), '0123abcd', 'refund', c.id, ?::jsonb, 'open', now()
       from customers c where telegram_id = ?`,
    [id, JSON.stringify(subject), bob.person.id],
  );
  await admin.send("/admin");
  await admin.pressButton(/^admin-pending$/u);
  const page = await admin.waitForMessage(
    new RegExp(`↩️ 300 ₽.*it does not work.*${bob.person.id}, `, "u"),
  );
  const data = (page.reply_markup?.inline_keyboard ?? []).flat().map((key) => key.callback_data);
  expect(Math.max(...data.map((said) => Buffer.byteLength(said ?? "")))).toBeLessThanOrEqual(64);
  await cardOf(admin, bob.person);
  await admin.pressButton(new RegExp(`^history:${bob.person.id}$`, "u"));
  const history = await admin.waitForMessage(
    new RegExp(`History of .*Person ${bob.person.id}`, "u"),
  );
  expect(history.text?.match(/asked for access/gu)).toHaveLength(1);
});
