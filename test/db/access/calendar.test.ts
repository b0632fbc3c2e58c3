import { expect, test } from "vitest";
import { writeDueNotices } from "../../../db/access/calendar.ts";
import { enqueue } from "../../../db/messaging/messages.ts";
import { customerId } from "../../../domain/ids.ts";
import { noticeTo } from "../../../domain/messaging/message.ts";
import { addMs, hourMs, instant } from "../../../domain/time.ts";
import { AccessBooks } from "../../drivers/access-books.ts";
import { useDatabase } from "../../drivers/database.ts";

const db = useDatabase();
const books = new AccessBooks(db);
const hoursFromNow = (hours: number) => addMs(instant(new Date()), hours * hourMs);

/** A customer whose time ends in `hours`, and the notices after the calendar is read. */
async function customerUntil(hours: number) {
  const paidUntil = hoursFromNow(hours);
  const { subscriptionId: id, ...owner } = await books.subscriber({ paidUntil });
  const ref = { id, customerId: customerId(owner.customerId), telegramId: owner.telegramId };
  const read = (now = hoursFromNow(0)) => writeDueNotices(db.writer.em, ref, now);
  const readNotices = () =>
    db.owner.em
      .fork()
      .execute<{ key: string; state: string }[]>(
        "select key, state from messages where telegram_id = ? order by id",
        [owner.telegramId],
      );
  /** As the calendar wrote it while all clocks were wrong. */
  const writeEarly = () => {
    const key = `calendar/${id}/expired/${paidUntil}`;
    return books.inTransaction((queries) =>
      enqueue(queries, [noticeTo(owner.telegramId, key, { kind: "expired" })]),
    );
  };
  return { paidUntil, id, read, readNotices, writeEarly };
}

test("an end that is announced too early is announced once, and does not replace the true one", async () => {
  const { id, paidUntil, read, readNotices } = await customerUntil(1);
  const ahead = hoursFromNow(24);
  for (let times = 0; times < 2; times += 1) expect((await read(ahead)).state).toBe("expired");
  const end = `calendar/${id}/expired/${paidUntil}`;
  expect((await readNotices()).map(({ key }) => key)).toEqual([`${end}/early`]);
});

test("a notice caused by clocks that were all ahead is not sent, and is sent when it is due", async () => {
  const { id, paidUntil, read, readNotices, writeEarly } = await customerUntil(100);
  const end = `calendar/${id}/expired/${paidUntil}`;
  await writeEarly();
  await read();
  const [early] = await readNotices();
  expect(early).toMatchObject({ state: "superseded" });
  expect(early?.key).toMatch(/^calendar\/.+\/early\/\d+$/u);
  await read(hoursFromNow(101));
  expect((await readNotices()).map(({ key }) => key)).toEqual([early?.key, `${end}/early`]);
  await writeEarly();
  expect((await readNotices()).at(-1)).toEqual({ key: end, state: "waiting" });
});

test("a notice that was due stays, however often the calendar is read", async () => {
  const { read, readNotices } = await customerUntil(12);
  for (let times = 0; times < 2; times += 1) await read();
  const before = await readNotices();
  expect(before).toHaveLength(1);
  await read(hoursFromNow(-100));
  await read();
  expect(await readNotices()).toEqual(before);
});
