import { randomUUID } from "node:crypto";
import { beforeEach, expect, test } from "vitest";
import { createApprovalActivities } from "../../../activities/people/approval.ts";
import { UnmatchedPayments } from "../../../db/payments/unmatched.ts";
import { Approvals } from "../../../db/people/approvals.ts";
import {
  type ApprovalId,
  type CustomerId,
  customerId,
  hostId,
  type TelegramId,
} from "../../../domain/ids.ts";
import {
  approvalAnnouncement,
  approvalClosed,
  mostAskedSingly,
} from "../../../domain/messaging/announcements.ts";
import { money } from "../../../domain/money.ts";
import {
  type GatewayEvent,
  gatewayName,
  type PaymentId,
} from "../../../domain/payments/payment.ts";
import {
  hostApprovalId,
  refundApprovalId,
  signupApprovalId,
} from "../../../domain/people/approval.ts";
import { instant } from "../../../domain/time.ts";
import { useDatabase } from "../../drivers/database.ts";
import { SendingBooks } from "../../drivers/sending-books.ts";
import { useSending } from "../../drivers/sending.ts";

const databases = useDatabase();
const sending = useSending(databases);
const books = new SendingBooks(databases);
beforeEach(() => void sending.begin());

const now = instant("2026-11-21T10:00:00Z");
const asked = (n: number) => ({ approvalId: `signup:${n}` as ApprovalId, ask: "1" });

test("a flood of questions is one message to each admin, with their current number and a button to their list", async () => {
  const admins = [
    await sending.meet({ role: "admin" }),
    await sending.meet({ role: "admin", language: "ru" }),
  ];
  const ids = admins.map(({ id }) => id);
  const eve = await sending.meet();
  const waitUntilSent = () => Promise.all(ids.map((id) => sending.waitUntilSent(id)));
  for (let n = 1; n <= 300; n += 1) {
    await books.ask(asked(n).approvalId, "1", { kind: "signup", telegramId: eve.id }, eve.id);
    if (n <= mostAskedSingly) continue;
    await sending.write(...approvalAnnouncement(ids, asked(n), { openCount: n, now }));
  }
  await waitUntilSent();
  const [english, russian] = await Promise.all(admins.map((admin) => admin.listTexts()));
  expect(english).toEqual(["🙋 300 requests are waiting for a decision."]);
  expect(russian).toEqual(["🙋 300 заявок ждут решения."]);
  expect(await admins[0]!.button(/admin-pending/u)).toMatchObject({ data: "admin-pending" });
  await databases.owner.em
    .fork()
    .execute("update approvals set state = 'lapsed', decided_at = now()");
  await sending.write(...approvalClosed(ids, asked(1)));
  await waitUntilSent();
  expect(await admins[0]!.listTexts()).toEqual(["Nobody is waiting."]);
});

const gateway = gatewayName("memory");

/** The rate does not matter here. */
const quick = { perSecond: 1_000, chatBurst: 1_000, chatRefillMs: 1 };

async function customerOf(telegramId: TelegramId): Promise<CustomerId> {
  const find = "select id from customers where telegram_id = ?";
  const [row] = await databases.owner.em.fork().execute<[{ id: string }]>(find, [telegramId]);
  return customerId(row.id);
}

test("a question that comes when many wait has no message of its own, neither at first nor as a reminder", async () => {
  await sending.endSenders();
  sending.begin(sending.telegram, quick);
  const admin = await sending.meet({ role: "admin" });
  const steps = createApprovalActivities({ approvals: new Approvals(databases.writer.em) });
  const questions: { approvalId: ApprovalId; ask: string }[] = [];
  for (let n = 1; n <= 200; n += 1) {
    const { id } = await sending.meet();
    const question = { approvalId: signupApprovalId(id), ask: randomUUID() };
    const subject = { kind: "signup", telegramId: id, customerId: await customerOf(id) } as const;
    await steps.openApproval(question, subject, now);
    questions.push(question);
  }
  const readMessages = async () => {
    await sending.waitUntilSent(admin.id);
    return admin.listTexts();
  };
  const first = await readMessages();
  expect(first).toHaveLength(mostAskedSingly + 1);
  expect(first).toContain("🙋 200 requests are waiting for a decision.");
  for (const question of questions) await steps.remindAdmins(question, now);
  expect(await readMessages()).toEqual(first);
  const [last] = questions.slice(-1);
  const made = { ask: last!.ask, decision: "reject", by: admin.id } as const;
  expect(await steps.recordDecision(last!.approvalId, made, now)).toBe(true);
  expect(await readMessages()).toContain("🙋 199 requests are waiting for a decision.");
  // What strangers cannot cause is always sent singly.
  const about = { hostId: hostId(randomUUID()), host: "one", count: 12 };
  const question = { approvalId: hostApprovalId(randomUUID()), ask: "1" };
  await steps.openApproval(question, { kind: "removals", ...about }, now);
  expect((await readMessages()).at(-1)).toMatch(/12 extra peers on one/u);
  await admin.button(/^decide:host:[\w-]+:1:approve$/u);
  const { id: payer } = await sending.meet();
  const refundId = refundApprovalId(randomUUID());
  const sum = { amount: money(900_000, "RUB"), gateway, reason: "asked for it" };
  const payers = { customerId: await customerOf(payer), telegramId: payer };
  await steps.openApproval(
    { approvalId: refundId, ask: "1" },
    { kind: "refund", ...payers, ...sum },
    now,
  );
  expect((await readMessages()).at(-1)).toMatch(/Refund of 9,000 ₽/u);
});

const waitingText = (n: number): string => `❓ ${n} unmatched payments are waiting for a decision.`;

const unmatchedPayment = (reference: string): GatewayEvent => {
  const report = { kind: "paid", reference, paid: money(500, "RUB"), at: now } as const;
  return { gateway, report, evidence: JSON.stringify(report), source: "gateway" };
};

test("a flood of unmatched payments is twenty messages and a number, which follows the decisions", async () => {
  const nobodys = randomUUID() as PaymentId;
  const unmatched = new UnmatchedPayments(databases.writer.em);
  await databases.owner.em.fork().execute("update customers set role = 'customer'");
  const admin = await sending.meet({ role: "admin" });
  for (let n = 1; n <= 200; n += 1) await unmatched.keepAll(nobodys, [unmatchedPayment(`r${n}`)]);
  const readMessages = async () => {
    await sending.waitUntilSent(admin.id);
    return admin.listTexts();
  };
  const first = await readMessages();
  expect(first).toHaveLength(mostAskedSingly + 1);
  expect(first).toContain(waitingText(200));
  const what = { kind: "ignore", reason: "a test" } as const;
  const decision = { gateway, reference: "r7", by: admin.id, requestId: "ignore-r7", what };
  expect(await unmatched.resolveOnce(decision, now)).toMatchObject({ kind: "done" });
  expect(await readMessages()).toContain(waitingText(199));
  const returned = { kind: "refunded", reference: "r8", returned: money(500, "RUB") } as const;
  const back = { gateway, report: returned, evidence: "{}", source: "gateway" } as const;
  await unmatched.keepAll(nobodys, [back]);
  expect(await readMessages()).toContain(waitingText(198));
});
