import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import type { ApprovalId } from "../../domain/ids.ts";
import { approvalAnnouncement, approvalClosed, mostApprovalsAsked } from "../../domain/message.ts";
import { instant } from "../../domain/time.ts";
import { useDatabase } from "../support/database.ts";
import { eventually } from "../support/eventually.ts";
import { openSending, type Sending } from "../support/sending.ts";
import { SendingBooks } from "../support/sending-books.ts";

const databases = useDatabase();
let sending: Sending;
let books: SendingBooks;
let loop: ReturnType<Sending["begin"]>;

beforeAll(async () => {
  sending = await openSending(databases);
  books = new SendingBooks(databases);
});
beforeEach(() => void (loop = sending.begin()));
afterEach(() => loop.end());
afterAll(() => sending.close());

const now = instant("2026-11-21T10:00:00Z");
const asked = (n: number) => ({ approvalId: `signup:${n}` as ApprovalId, ask: "1" });

test("a flood of questions is one message to each admin, with their number as it is and a button to their list", async () => {
  const admins = [
    await sending.meet({ role: "admin" }),
    await sending.meet({ role: "admin", language: "ru" }),
  ];
  const ids = admins.map(({ id }) => id);
  const eve = await sending.meet();
  const allOver = async () => {
    for (const id of ids) {
      await eventually(async () => expect(await sending.states(id)).not.toContain("waiting"));
    }
  };
  for (let n = 1; n <= 300; n += 1) {
    await books.ask(asked(n).approvalId, "1", { kind: "signup", telegramId: eve.id }, eve.id);
    if (n <= mostApprovalsAsked) continue;
    await sending.write(...approvalAnnouncement(ids, asked(n), { openCount: n, now }));
  }
  await allOver();
  const [english, russian] = await Promise.all(admins.map((admin) => admin.heard()));
  expect(english).toEqual(["🙋 300 requests are waiting for a decision."]);
  expect(russian).toEqual(["🙋 300 заявок ждут решения."]);
  expect(await admins[0]!.button(/admin-pending/u)).toMatchObject({ data: "admin-pending" });
  await databases.owner.em
    .fork()
    .execute("update approvals set state = 'lapsed', decided_at = now()");
  await sending.write(...approvalClosed(ids, asked(1)));
  await allOver();
  expect(await admins[0]!.heard()).toEqual(["Nobody is waiting."]);
});
