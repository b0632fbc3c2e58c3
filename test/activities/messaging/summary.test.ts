import { beforeEach, expect, test } from "vitest";
import { summaryMessages } from "../../../domain/messaging/announcements.ts";
import { instant } from "../../../domain/time.ts";
import { dayAt } from "../../../domain/zone.ts";
import { useDatabase } from "../../drivers/database.ts";
import { useSending } from "../../drivers/sending.ts";

const sending = useSending(useDatabase());
beforeEach(() => void sending.begin());

test("a summary counts its day by the zone in which the day was over, whatever the shop's zone is now", async () => {
  const admin = await sending.meet();
  const now = instant(new Date());
  // Twenty-six hours apart: never on the same day.
  for (const zone of ["Etc/GMT-14", "Etc/GMT+12"]) {
    const summary = { day: dayAt(now, zone), zone, hasSales: false };
    await sending.write(...summaryMessages([admin.id], summary));
    await sending.waitUntilSent(admin.id);
  }
  const texts = await admin.listTexts();
  expect(texts).toHaveLength(2);
  for (const text of texts) expect(text).toMatch(/New people: [1-9]/u);
});
