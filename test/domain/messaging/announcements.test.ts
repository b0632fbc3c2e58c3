import * as fc from "fast-check";
import { expect, test } from "vitest";
import { type ApprovalId, deviceId, telegramId } from "../../../domain/ids.ts";
import {
  approvalAnnouncement,
  approvalClosed,
  approvalMessages,
  approvalReminders,
  mostAskedSingly,
} from "../../../domain/messaging/announcements.ts";

import { addMs, hourMs, instant } from "../../../domain/time.ts";
import { keyMessages } from "../../drivers/key-messages.ts";

const admins = [1, 2, 3].map(telegramId);
const now = instant("2026-11-21T10:00:00Z");
const asked = (n: number) => ({ approvalId: `signup:${n}` as ApprovalId, ask: "a1" });

test("questions are sent one by one until twenty are open", () => {
  for (const openCount of [1, mostAskedSingly]) {
    const messages = approvalAnnouncement(admins, asked(1), { openCount, now });
    expect(messages).toEqual(approvalMessages(admins, asked(1)));
    expect(messages.map(({ to }) => to)).toEqual(admins);
  }
});

test("beyond twenty each admin has one message in six hours, however many questions come, and its number follows", () => {
  const flood = Array.from({ length: 1_000 }, (_, n) =>
    approvalAnnouncement(admins, asked(n), {
      openCount: mostAskedSingly + 1 + n,
      now: addMs(now, n * 1_000),
    }),
  ).flat();
  const sends = flood.filter(({ action }) => action !== "edit");
  expect(new Set(sends.map(({ key }) => key)).size).toBe(admins.length);
  const edits = flood.filter(({ action }) => action === "edit");
  expect(new Set(edits.map(({ key }) => key)).size).toBe(1_000 * admins.length);
  const openCount = mostAskedSingly + 1;
  const later = approvalAnnouncement(admins, asked(1), { openCount, now: addMs(now, 6 * hourMs) });
  expect(sends.map(({ key }) => key)).not.toContain(later[0]?.key);
});

test("reminders of a flood are one message to each admin in six hours, as their announcements were", () => {
  const open = { openCount: mostAskedSingly + 1, now };
  const reminders = Array.from({ length: 500 }, (_, n) =>
    approvalReminders(admins, asked(n), open),
  ).flat();
  const sends = reminders.filter(({ action }) => action !== "edit");
  const announced = approvalAnnouncement(admins, asked(1), open).filter(
    ({ action }) => action !== "edit",
  );
  expect(new Set(sends.map(({ key }) => key))).toEqual(new Set(announced.map(({ key }) => key)));
});

test("the same thing has the same key, and different things have different ones", () =>
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat(50), { maxLength: 20 }), (numbers) => {
      const all = () =>
        numbers.flatMap((n) => [
          ...approvalMessages(admins, asked(n)),
          ...approvalReminders(admins, asked(n), { openCount: 1, now }),
          ...approvalClosed(admins, asked(n)),
          ...keyMessages(
            telegramId(n + 1),
            deviceId("01890000-0000-7000-8000-000000000000"),
            `access${n}`,
          ),
        ]);
      const keys = all().map(({ key }) => key);
      expect(all().map(({ key }) => key)).toEqual(keys);
      expect(new Set(keys).size).toBe(keys.length);
    }),
  ));

test("the question's message shows who decided", () => {
  const [question] = approvalMessages(admins, asked(1));
  const [verdict] = approvalClosed(admins, asked(1));
  expect(verdict).toMatchObject({ action: "edit", slot: question?.slot, to: question?.to });
});
