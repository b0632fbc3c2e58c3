import { expect, test } from "vitest";
import { languages } from "../../../domain/people/customer.ts";
import { textsIn } from "../../../texts/index.ts";
import { eventually } from "../../drivers/eventually.ts";
import { useTestApp } from "../../drivers/test-app.ts";
import { adminSpeaking, asShown, customerSpeaking } from "../people.ts";

const other = 1_002;
const app = useTestApp({ adminIds: [1_001, other], support: {} });

test.each(languages)(
  "the admin whose message did not arrive is told once, and nobody else (%s)",
  async (language) => {
    const { operations, messaging } = textsIn(language);
    const bob = await customerSpeaking(app, language);
    const deputy = await app.admin(other);
    const admin = await adminSpeaking(app, language);
    await bob.send("/support");
    await bob.waitForMessage(asShown(messaging.tickets.write));
    await bob.send("help");
    await bob.waitForMessage(asShown(messaging.tickets.sent));
    await admin.button(new RegExp(`^ticket-answer:${bob.id}$`, "u"));
    await bob.become({ blocked: true });
    await admin.pressButton(new RegExp(`^ticket-answer:${bob.id}$`, "u"));
    await eventually(async () => {
      const asked = [messaging.tickets.answerTo, messaging.tickets.messageTo];
      const texts = await admin.listTexts();
      expect(texts.some((text) => asked.some((words) => text.startsWith(words)))).toBe(true);
    });
    await admin.send("x".repeat(4_090));
    const notice = await admin.waitForMessage(
      asShown(operations.notice.answerNotDelivered(`Person ${bob.id}`)),
    );
    expect(notice.reply_markup?.inline_keyboard?.flat().map((key) => key.callback_data)).toEqual([
      `customer:${bob.id}`,
      `ticket:${bob.id}`,
    ]);
    const notices = () =>
      app.rows(
        "select 1 from messages where key like 'undelivered/%' and content ->> 'kind' = 'adminNotice' and telegram_id = ?",
        [admin.id],
      );
    const mine = await notices();
    expect(mine).toHaveLength(language === languages[0] ? 1 : 2);
    const theirs = (await deputy.listTexts()).filter((text) => text.includes("did not arrive"));
    expect(theirs).toEqual([]);
    await adminSpeaking(app, "en");
  },
);
