import { beforeEach, expect, test } from "vitest";
import type { ApprovalId, TelegramId } from "../../../domain/ids.ts";
import {
  approvalClosed,
  approvalMessages,
  approvalReminders,
} from "../../../domain/messaging/announcements.ts";
import {
  invoiceChanged,
  invoiceMessages,
  invoiceQrMessage,
  invoiceShownIn,
  noticeTo,
  type OutgoingMessage,
} from "../../../domain/messaging/message.ts";
import { instant } from "../../../domain/time.ts";
import { useDatabase } from "../../drivers/database.ts";
import { keyMessages } from "../../drivers/key-messages.ts";
import { SendingBooks } from "../../drivers/sending-books.ts";
import { useSending } from "../../drivers/sending.ts";

const databases = useDatabase();
const sending = useSending(databases);
const books = new SendingBooks(databases);
beforeEach(() => void sending.begin());

async function deliver(to: TelegramId, ...messages: OutgoingMessage[]): Promise<void> {
  await sending.write(...messages);
  await sending.waitUntilSent(to);
}

type MetPerson = Awaited<ReturnType<typeof sending.meet>>;
const readMessages = async (person: MetPerson) =>
  (await person.chat()).filter(({ from }) => from?.is_bot);
const readButtons = async (person: MetPerson) =>
  (await readMessages(person)).map(
    (message) => message.reply_markup?.inline_keyboard?.flat() ?? [],
  );

const page = { kind: "page", reference: "r", url: "https://pay.example.com/1" };
const transfer = {
  kind: "transfer",
  reference: "r",
  address: "UQaddress",
  comment: "MEMO",
  url: "ton://transfer/UQaddress?amount=150&text=MEMO",
};

test("a notice is in the language that the person reads when it is sent", async () => {
  const eve = await sending.meet({ language: "ru" });
  await deliver(eve.id, noticeTo(eve.id, `${eve.id}/1`, { kind: "expired" }));
  await books.speak(eve.id, "en");
  await deliver(eve.id, noticeTo(eve.id, `${eve.id}/2`, { kind: "expired" }));
  expect(await eve.listTexts()).toEqual([
    expect.stringContaining("Доступ"),
    expect.stringContaining("Your access has ended"),
  ]);
});

test.each([
  ["en", "A month", "Cancel", "Paid. Thank you!"],
  ["ru", "Месяц", "Отменить", "Оплачено"],
])(
  "an invoice in %s is shown with its buttons, and each copy with what became of it",
  async (...of) => {
    const [language, plan, cancel, paid] = of;
    const eve = await sending.meet({ language: language as "en" });
    const paymentId = await books.order(eve.id, {
      gateway: "cryptobot",
      currency: "USDT",
      invoice: page,
    });
    const shown = (cause: string, isNew = false) =>
      invoiceMessages(eve.id, { paymentId, cause, isNew });
    await deliver(eve.id, ...shown("opened"));
    await deliver(eve.id, ...shown("press/1"));
    expect(await readButtons(eve)).toHaveLength(1);
    await deliver(eve.id, ...shown("press/2", true));
    expect(await readButtons(eve)).toMatchObject(
      Array.from({ length: 2 }, () => [
        { url: page.url },
        { text: expect.stringContaining(cancel), callback_data: `cancel-payment:${paymentId}` },
        { callback_data: "home:new" },
      ]),
    );
    expect(await eve.listTexts()).toEqual([
      expect.stringContaining(plan),
      expect.stringContaining(plan),
    ]);
    await books.close(paymentId, "settled");
    await deliver(eve.id, invoiceChanged(eve.id, paymentId, "settled"));
    const left = [expect.objectContaining({ callback_data: "home:new" })];
    expect(await readButtons(eve)).toEqual([left, left]);
    expect(await eve.listTexts()).toEqual([
      expect.stringContaining(paid),
      expect.stringContaining(paid),
    ]);
  },
);

test("an invoice takes the place of the message that was pressed; if that was deleted, it is sent", async () => {
  const eve = await sending.meet();
  const order = { gateway: "cryptobot", currency: "USDT", invoice: page };
  const paymentId = await books.order(eve.id, order);
  await deliver(eve.id, noticeTo(eve.id, `${eve.id}/pressed`, { kind: "accessBack" }));
  const [pressed] = await readMessages(eve);
  await deliver(
    eve.id,
    invoiceShownIn(eve.id, paymentId, pressed!.message_id),
    ...invoiceMessages(eve.id, { paymentId, cause: "opened" }),
  );
  expect(await readMessages(eve)).toMatchObject([
    { message_id: pressed!.message_id, text: expect.stringContaining("🧾") },
  ]);
  await sending.telegram.remove(eve.id, pressed!.message_id);
  const again = { paymentId, cause: "press/1" } as const;
  await deliver(eve.id, ...invoiceMessages(eve.id, again));
  await books.close(paymentId, "settled");
  await deliver(eve.id, invoiceChanged(eve.id, paymentId, "settled"));
  const [sent, ...more] = await readMessages(eve);
  expect(more).toEqual([]);
  expect(sent?.message_id).not.toBe(pressed!.message_id);
  expect(sent?.text).toContain("Paid");
});

test("a wallet's picture is sent on request, and removed when the order ends", async () => {
  const eve = await sending.meet();
  const paymentId = await books.order(eve.id, {
    gateway: "ton",
    currency: "GRAM",
    invoice: transfer,
  });
  const messages = invoiceMessages(eve.id, { paymentId, cause: "opened" });
  await deliver(eve.id, ...messages, invoiceQrMessage(eve.id, paymentId, "press/1"));
  const [invoice, picture] = await readMessages(eve);
  expect(picture?.photo).toBeDefined();
  expect(invoice?.text).toContain("MEMO");
  await books.close(paymentId, "lapsed");
  await deliver(eve.id, invoiceChanged(eve.id, paymentId, "lapsed"));
  const changed = await readMessages(eve);
  expect(changed).toMatchObject([{ text: expect.stringContaining("has expired") }]);
  expect(changed[0]?.text).not.toContain("MEMO");
});

test("an order that ends before its messages are sent is shown as it is, without its picture", async () => {
  const eve = await sending.meet();
  const paymentId = await books.order(eve.id, {
    gateway: "ton",
    currency: "GRAM",
    invoice: transfer,
  });
  await books.close(paymentId, "cancelled");
  await deliver(
    eve.id,
    invoiceQrMessage(eve.id, paymentId, "press/1"),
    ...invoiceMessages(eve.id, { paymentId, cause: "opened" }),
  );
  expect(await eve.listTexts()).toEqual([expect.stringContaining("Cancelled")]);
  expect(await sending.rows(eve.id)).toMatchObject([
    { state: "superseded", reason: "not open" },
    { state: "sent" },
  ]);
});

test.each([
  ["en", "Your key for", "paste it in AmneziaVPN"],
  ["ru", "Ваш ключ", "вставьте его в AmneziaVPN"],
])(
  "a key in %s is a file, a picture and how to connect, made from what is sealed",
  async (...of) => {
    const [language, caption, how] = of;
    const eve = await sending.meet({ language: language as "en" });
    const { id } = await books.device(eve.id, { name: "phone", secret: "s3cret" });
    await deliver(eve.id, ...keyMessages(eve.id, id, `${eve.id}/1`));
    const [file, picture, text] = await readMessages(eve);
    expect(file?.caption).toContain(caption);
    expect(file?.document?.file_name).toBe("Tollgate.conf");
    expect(file?.caption).toContain("phone");
    expect((await eve.listKeys())[0]).toMatch(/10\.8\.0\.2 s3cret$/u);
    expect(picture?.photo).toBeDefined();
    expect(text?.text).toContain(how);
    expect(text?.text).toContain("vpn://s3cret");
    const stored = await databases.owner.em
      .fork()
      .execute("select content::text from messages where telegram_id = ?", [eve.id]);
    expect(JSON.stringify(stored)).not.toContain("s3cret");
  },
);

test("a key that is too long for a picture and for a message is in the file, and the others say so", async () => {
  const eve = await sending.meet();
  const { id } = await books.device(eve.id, { name: "phone", secret: "i".repeat(5_000) });
  await deliver(eve.id, ...keyMessages(eve.id, id, `${eve.id}/1`));
  const [file, picture, text, ...more] = await readMessages(eve);
  expect(file?.document).toBeDefined();
  expect(picture?.text).toContain("Open the key file instead");
  expect(text?.text).toContain("Open the key file instead");
  expect(more).toEqual([]);
  expect(await sending.states(eve.id)).toEqual(["sent", "sent", "sent"]);
});

test("a key that was retired, revoked or never placed is not sent", async () => {
  const eve = await sending.meet();
  const retired = await books.device(eve.id, { name: "a", secret: "s" });
  await books.retire(retired.accessId);
  const revoked = await books.device(eve.id, { name: "b", secret: "s" });
  await books.revoke(revoked.id);
  const waiting = await books.device(eve.id, { name: "c", secret: "s", isPlaced: false });
  const messages = [retired, revoked, waiting].flatMap(({ id }) =>
    keyMessages(eve.id, id, `${eve.id}/${id}`),
  );
  await deliver(eve.id, ...messages);
  expect(new Set(await sending.states(eve.id))).toEqual(new Set(["superseded"]));
  expect(await eve.listTexts()).toEqual([]);
});

test("a key that cannot be decrypted is refused, and later messages are sent", async () => {
  const eve = await sending.meet();
  const { id, accessId } = await books.device(eve.id, { name: "a", secret: "s" });
  await databases.owner.em
    .fork()
    .execute("update accesses set secrets_encrypted = 'k9.a.b.c' where id = ?", [accessId]);
  await deliver(
    eve.id,
    ...keyMessages(eve.id, id, `${eve.id}/1`),
    noticeTo(eve.id, `${eve.id}/2`, { kind: "expired" }),
  );
  expect(await sending.states(eve.id)).toEqual(["refused", "refused", "refused", "sent"]);
});

const few = { openCount: 2, now: instant("2026-11-21T10:00:00Z") };

const refundOf = (about: TelegramId) => ({
  kind: "refund",
  telegramId: about,
  amount: { minor: 150, currency: "XTR" },
  gateway: "stars",
  reason: "slow",
});

test.each([
  ["en", "New request", "Approved by", "Refund of", "Closed without a decision"],
  ["ru", "заявка", "Одобр", "Возврат", "Закрыто без решения"],
])("admins are asked in %s, with buttons until somebody has decided", async (...of) => {
  const [language, question, verdict, refund, lapsed] = of;
  const admin = await sending.meet({ role: "admin", language: language as "en" });
  const eve = await sending.meet();
  const signup = { approvalId: `signup:${eve.id}` as ApprovalId, ask: "1" };
  await books.ask(signup.approvalId, "1", { kind: "signup", telegramId: eve.id }, eve.id);
  const back = { approvalId: `refund:${eve.id}` as ApprovalId, ask: "1" };
  await books.ask(back.approvalId, "1", refundOf(eve.id), eve.id);
  await deliver(
    admin.id,
    ...[signup, back].flatMap((asked) => approvalMessages([admin.id], asked)),
    ...approvalReminders([admin.id], signup, few),
  );
  const [first, second, reminder] = await readMessages(admin);
  expect(first?.text).toMatch(new RegExp(question, "iu"));
  expect(second?.text).toMatch(new RegExp(refund, "iu"));
  expect(reminder?.text).toContain("13");
  expect((await readButtons(admin))[0]).toMatchObject([
    { callback_data: `decide:${signup.approvalId}:1:approve` },
    { callback_data: `reject:${signup.approvalId}:1` },
  ]);
  await books.decide(signup.approvalId, "approved", admin.id);
  await books.decide(back.approvalId, "lapsed", null);
  await deliver(
    admin.id,
    ...[signup, back].flatMap((asked) => approvalClosed([admin.id], asked)),
    ...approvalReminders([admin.id], back, few),
  );
  const received = await admin.listTexts();
  expect(received[0]).toContain(verdict);
  expect(received[0]).toContain(`Person ${admin.id}`);
  expect(received[1]).toContain(lapsed);
  expect(received).toHaveLength(3);
  // Nothing is left to decide: they lead to whom it was about, and to the other requests.
  const ways = [`customer:${eve.id}`, "admin-pending:new"];
  const data = (await readButtons(admin)).flat().map((key) => key.callback_data);
  expect(data).toEqual([...ways, ...ways, "admin-pending:new"]);
});

test("a question of an unknown kind is refused, and the others are sent", async () => {
  const admin = await sending.meet();
  const asked = { approvalId: `payout:${admin.id}` as ApprovalId, ask: "1" };
  await books.ask(asked.approvalId, "1", { kind: "payout" }, admin.id);
  const later = noticeTo(admin.id, `${admin.id}/1`, { kind: "expired" });
  await deliver(admin.id, ...approvalMessages([admin.id], asked), later);
  expect(await sending.states(admin.id)).toEqual(["refused", "sent"]);
});

test("moments are those of the notice, not of its sending", async () => {
  const eve = await sending.meet();
  const until = instant("2031-02-03T04:05:00Z");
  await deliver(eve.id, noticeTo(eve.id, `${eve.id}/1`, { kind: "timePaid", until }));
  expect((await eve.listTexts())[0]).toContain("2031");
});
