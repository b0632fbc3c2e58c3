import { afterEach, expect, test } from "vitest";
import { customerCommands } from "../../../bot/bot.ts";
import { languages } from "../../../domain/people/customer.ts";
import { textsIn } from "../../../texts/index.ts";
import { eventually } from "../../drivers/eventually.ts";
import type { Person } from "../../drivers/person.ts";
import { adminId, useTestApp } from "../../drivers/test-app.ts";
import { BotCustomer, memoryGateway, starsAnd } from "../bot-customer.ts";
import { walkMenu } from "../menu-walk.ts";
import {
  adminSpeaking,
  asShown,
  customerSpeaking,
  devicesOf,
  listPeers,
  shown,
} from "../people.ts";

const memory = memoryGateway();
const newAdmin = 700_201;
const app = useTestApp({
  gateways: starsAnd(memory),
  support: {},
  adminIds: [adminId, newAdmin],
});

async function setMaintenance(value: "on" | "off"): Promise<void> {
  const admin = await adminSpeaking(app, "en");
  await admin.send("/admin");
  await admin.pressButton(/^setting:maintenance$/u);
  const { messageId, data } = await admin.button(
    new RegExp(`^setting-set:maintenance:${value}:`, "u"),
  );
  const { answer } = await admin.press(messageId, data);
  const { saved, same } = textsIn("en").operations.settings;
  expect([saved, same]).toContain(answer?.text);
}

afterEach(() => setMaintenance("off"));

/** What the bot sends to a person after this. */
async function answerTo(person: Person, act: () => Promise<unknown>): Promise<string> {
  const before = (await person.listTexts()).length;
  await act();
  return eventually(async () => {
    const [answer] = (await person.listTexts()).slice(before);
    if (answer === undefined) throw new Error("no answer yet");
    return answer;
  });
}

const closed = ["start", "connect", "plans"];

test.each(languages)(
  "during maintenance who comes, buys or connects gets its text, and every other command its answer (%s)",
  async (language) => {
    const { messaging } = textsIn(language);
    const bob = await customerSpeaking(app, language);
    await setMaintenance("on");
    for (const command of customerCommands) {
      const answer = await answerTo(bob, () => bob.send(`/${command}`));
      expect({ command, isClosed: answer === shown(messaging.maintenance.text) }).toEqual({
        command,
        isClosed: closed.includes(command),
      });
    }
  },
);

test("maintenance does not stop an admin, also at their first Start", async () => {
  await setMaintenance("on");
  const admin = app.person(newAdmin);
  await admin.send("/start");
  await admin.waitForMessage(/You are an administrator/u);
});

test.each(languages)(
  "during maintenance people reach support, and an open conversation goes on (%s)",
  async (language) => {
    const { messaging } = textsIn(language);
    const admin = await adminSpeaking(app, language);
    const bob = await customerSpeaking(app, language);
    const waiting = await app.person().become({ language_code: language });
    await waiting.askForAccess();
    await bob.send("/support");
    await bob.waitForMessage(asShown(messaging.tickets.write));
    await bob.send(`before it (${language})`);
    await admin.waitForMessage(new RegExp(`before it .${language}`, "u"));
    await setMaintenance("on");
    await bob.send(`while it lasts (${language})`);
    await admin.waitForMessage(new RegExp(`while it lasts .${language}`, "u"));
    await admin.pressButton(new RegExp(`^ticket-answer:${bob.id}$`, "u"));
    await admin.send(`an answer (${language})`);
    await bob.waitForMessage(new RegExp(`an answer .${language}`, "u"));
    await bob.pressButton(/^support-reply$/u);
    await bob.send(`a reply (${language})`);
    await admin.waitForMessage(new RegExp(`a reply .${language}`, "u"));
    for (const person of [bob, waiting]) {
      await person.send("/start");
      await person.waitForMessage(asShown(messaging.maintenance.text));
      await person.pressButton(/^help$/u);
      await person.pressButton(/^paysupport$/u);
      await person.waitForMessage(asShown(messaging.tickets.writePayment));
      await person.send(`about money of ${person.id}`);
      await admin.waitForMessage(new RegExp(`about money of ${person.id}`, "u"));
    }
  },
);

test("during maintenance a device is removed and an order cancelled, but nothing is bought", async () => {
  const { messaging } = textsIn("en");
  const customer = new BotCustomer(app, await customerSpeaking(app, "en"));
  const bob = customer.person;
  const [device] = await devicesOf(app, bob);
  const paid = await customer.buy("month", "memory", "RUB");
  await customer.settle(memory, paid);
  await bob.waitForMessage(/Paid\. Your access/u);
  const open = await customer.buy("month", "memory", "RUB");
  const page = await bob.button(/^cancel-payment:/u);
  await setMaintenance("on");
  const pressed = await bob.forgePress(page.messageId, "buy:month:1:memory:RUB:0123abcd");
  expect(pressed.answer?.text).toBe(messaging.maintenance.short);
  expect(await customer.listOrders()).toHaveLength(2);
  await bob.send("/payments");
  await bob.pressButton(new RegExp(`^cancel-payment:${open}:1$`, "u"));
  await eventually(async () => {
    expect(await customer.listOrders()).toContainEqual({ id: open, state: "cancelled" });
  });
  await bob.send("/devices");
  await bob.pressButton(/^device-open:/u);
  await bob.pressButton(/^device-sure-revoke:/u);
  await bob.pressButton(/^device-revoke:/u);
  await eventually(async () => {
    expect((await listPeers(app)).has(device!.public_key)).toBe(false);
  });
});

test.each(languages)(
  "during maintenance every button that can be reached leads somewhere (%s)",
  async (language) => {
    const bob = await customerSpeaking(app, language);
    await setMaintenance("on");
    const seen = await walkMenu({ person: bob, app }, /^device-revoke/u);
    for (const kind of ["home", "help", "support", "paysupport", "terms", "payments:<n>"]) {
      expect(seen).toContain(kind);
    }
  },
);
