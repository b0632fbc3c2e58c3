import { expect, test } from "vitest";
import { languages } from "../../../domain/people/customer.ts";
import { dayMs, instant } from "../../../domain/time.ts";
import { dayIn, textsIn } from "../../../texts/index.ts";
import { stateOf } from "../../drivers/access.ts";
import { eventually } from "../../drivers/eventually.ts";
import { useTestApp } from "../../drivers/test-app.ts";
import { TestCustomer } from "../../drivers/test-customer.ts";
import { adminSpeaking, asShown, cardOf, shown } from "../people.ts";

const app = useTestApp();
const now = () => instant(new Date());

test.each(languages)(
  "ended access says so on the card, by whom, and days open it again with the time left (%s)",
  async (language) => {
    const admin = await adminSpeaking(app, language);
    const { act, customer, statuses } = textsIn(language).people;
    const bob = await app.customer();
    const before = await new TestCustomer(app, bob).paidUntil();
    await admin.press(await cardOf(admin, bob), `sure-end:${bob.id}`);
    await admin.pressButton(new RegExp(`^act:revoke:${bob.id}$`, "u"));
    await admin.waitForMessage(asShown(act.done(act.effects.revoke(`Person ${bob.id}`))));
    await bob.waitForMessage(/write to us in Help/u);
    await bob.send("/start");
    await bob.waitForMessage(asShown(textsIn("en").access.home.ended));
    await cardOf(admin, bob);
    await admin.waitForMessage(asShown(customer.reopenHow));
    const card = (await admin.chat()).findLast(({ text }) => text?.startsWith("👤"));
    const ended = shown(customer.ended(`Person ${admin.id}`, "")).replace(/[^\p{L}\d]+$/u, "");
    expect(card?.text).toContain(ended);
    expect(card?.text).toContain(customer.statusEnded);
    expect(card?.text).not.toContain(statuses.active);
    const labels = card?.reply_markup?.inline_keyboard?.flat().map(({ text }) => text);
    expect(labels).not.toContain(act.revoke);
    await admin.pressButton(new RegExp(`^sure-extend:${bob.id}:7$`, "u"));
    await admin.pressButton(new RegExp(`^act:extend:${bob.id}:7$`, "u"));
    const end = instant(before + 7 * dayMs);
    const until = dayIn({ language, zone: "UTC" }, end, now());
    await admin.waitForMessage(asShown(act.done(act.effects.extend(`Person ${bob.id}`, 7, until))));
    expect(await stateOf(app, bob)).toBe("active");
    await bob.send("/devices");
    await bob.pressButton(/^device-add$/u);
    await eventually(async () => expect(await bob.listKeys()).toHaveLength(2));
    await adminSpeaking(app, "en");
  },
);
