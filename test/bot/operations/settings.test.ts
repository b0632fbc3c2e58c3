import { expect, test } from "vitest";
import { sectionOf, settingSections } from "../../../bot/setting-sections.ts";
import { type SettingKey, settingKeys } from "../../../domain/operations/shop-settings.ts";
import { languages } from "../../../domain/people/customer.ts";
import { instant } from "../../../domain/time.ts";
import { momentIn, textsIn } from "../../../texts/index.ts";
import { eventually } from "../../drivers/eventually.ts";
import { type Person } from "../../drivers/person.ts";
import { adminId, useTestApp } from "../../drivers/test-app.ts";
import { BotCustomer, memoryGateway, starsAnd } from "../bot-customer.ts";
import {
  adminSpeaking,
  asShown,
  customerSpeaking,
  devicesOf,
  forgePress,
  newestKey,
  shown,
} from "../people.ts";

const memory = memoryGateway();
const app = useTestApp({ gateways: starsAnd(memory) });

/** Opens the settings and one of them; resolves with the page's number. */
async function open(admin: Person, key: string): Promise<number> {
  await admin.send("/admin");
  await admin.pressButton(/^settings$/u);
  await admin.pressButton(new RegExp(`^settings:${sectionOf(key as SettingKey)}$`, "u"));
  const { messageId } = await admin.button(new RegExp(`^setting:${key}$`, "u"));
  await admin.press(messageId, `setting:${key}`);
  return messageId;
}

const choose = async (admin: Person, key: string, value: string) => {
  await open(admin, key);
  return admin.pressButton(new RegExp(`^setting-set:${key}:${value}:`, "u"));
};

async function write(admin: Person, key: string, value: string): Promise<void> {
  const before = (await admin.chat()).length;
  await open(admin, key);
  await admin.pressButton(new RegExp(`^setting-ask:${key}$`, "u"));
  await eventually(async () => {
    const fresh = (await admin.chat()).slice(before);
    expect(fresh.some(({ reply_markup: markup }) => markup?.force_reply)).toBe(true);
  });
  await admin.send(value);
}

const reset = async (admin: Person, key: string) => {
  await open(admin, key);
  await admin.pressButton(new RegExp(`^setting-reset:${key}:`, "u"));
};

const valueOf = async (key: string) => {
  const [row] = await app.rows<{ value: string | null }>(
    "select value from shop_settings where key = ? order by version desc limit 1",
    [key],
  );
  return row?.value;
};

test.each(languages)(
  "a written name is checked, answered with its effect, and is the shop's everywhere (%s)",
  async (language) => {
    const { settings } = textsIn(language).operations;
    const admin = await adminSpeaking(app, language);
    await write(admin, "name", "x".repeat(33));
    await admin.waitForMessage(asShown(settings.wrong(settings.how.name)));
    const name = `Fast & ${language.toUpperCase()}`;
    await admin.send(name);
    const page = await admin.waitForMessage(
      asShown(
        settings.changed(settings.names.name, name.replace("&", "&amp;"), settings.effects.name),
      ),
    );
    const about = `${settings.about.name} ${settings.how.name}`;
    expect(page.text).toContain(shown(settings.page(settings.names.name, about, name)));
    const stranger = await app.person().become({ language_code: language });
    await stranger.send("/start");
    await stranger.button(/^captcha:1:/u);
    await stranger.send("/devices");
    await stranger.waitForMessage(new RegExp(name, "u"));
    const bob = await customerSpeaking(app, language);
    const [device] = await devicesOf(app, bob);
    const { messageId } = await bob.button(/^device-qr:/u);
    let mark = 0;
    await eventually(async () => {
      const asked = (mark += 1).toString(16).padStart(8, "0");
      await forgePress(app, bob, { messageId, data: `device-show:${device!.id}:${asked}` });
      expect((await newestKey(bob)).fileName).toBe(`Fast-${language.toUpperCase()}.conf`);
    });
    // The message was taken: a later one is not another value.
    await admin.send("and more");
    await admin.waitForMessage(asShown(textsIn(language).messaging.answer.unknownToStaff));
    await reset(admin, "name");
    await eventually(async () => expect(await valueOf("name")).toBeNull());
  },
);

test.each(languages)("moments are written in the shop's zone at once (%s)", async (language) => {
  const admin = await adminSpeaking(app, language);
  const bob = await customerSpeaking(app, language);
  const pressed = await choose(admin, "zone", "Asia/Yekaterinburg");
  expect(pressed.answer?.text).toBe(textsIn(language).operations.settings.saved);
  const [row] = await app.rows<{ paid_until: Date }>(
    `select s.paid_until from subscriptions s join customers c on c.id = s.customer_id
      where c.telegram_id = ?`,
    [bob.id],
  );
  const until = momentIn({ language, zone: "Asia/Yekaterinburg" }, instant(row!.paid_until));
  expect(until).toMatch(/GMT\+5$/u);
  await bob.send("/usage");
  await bob.waitForMessage(asShown(textsIn(language).access.traffic.until(until)));
  await reset(admin, "zone");
});

test.each(languages)("every setting has its page, with what it is now (%s)", async (language) => {
  const { settings } = textsIn(language).operations;
  const admin = await adminSpeaking(app, language);
  await admin.send("/admin");
  await admin.pressButton(/^settings$/u);
  const { message_id: messageId } = await admin.waitForMessage(asShown(settings.counts));
  const open = async (data: string, back: string) => {
    await admin.forgePress(messageId, data);
    return eventually(async () => {
      const found = (await admin.chat()).find(({ message_id: id }) => id === messageId);
      const buttons = (found?.reply_markup?.inline_keyboard ?? []).flat();
      expect(buttons.at(-1)?.callback_data).toBe(back);
      const own = buttons.map((button) => button.callback_data ?? "");
      return { text: found!.text ?? "", own };
    });
  };
  const seen: string[] = [];
  for (const section of settingSections) {
    const page = await open(`settings:${section}`, "settings");
    const trial = `${settings.names.trial}: ${settings.duration(3, "d")}`;
    expect(page.text.includes(trial)).toBe(section === "newcomers");
    for (const data of page.own.slice(0, -1)) {
      const setting = await open(data, `settings:${section}`);
      expect(setting.own.some((one) => one.includes(data.slice(8)))).toBe(true);
      expect(setting.text).toMatch(new RegExp(settings.page("", "", "").split("\n").at(-1)!, "u"));
      seen.push(data.slice("setting:".length));
    }
  }
  expect(seen.toSorted()).toEqual(settingKeys.toSorted());
});

test.each(languages)("help shows the shop's contact, terms and privacy (%s)", async (language) => {
  const { messaging, operations } = textsIn(language);
  const { changed, effects, names } = operations.settings;
  const admin = await adminSpeaking(app, language);
  const bob = await customerSpeaking(app, language);
  await write(admin, "support", "@owner");
  await admin.waitForMessage(asShown(changed(names.support, "@owner", effects.support)));
  await bob.send("/support");
  await bob.waitForMessage(asShown(messaging.support.contact("@owner")));
  await bob.send("/privacy");
  await bob.waitForMessage(asShown(messaging.help.noPrivacy));
  const terms = `Be <b>nice</b>.\nPay & play (${language}).`;
  await write(admin, `terms-${language}`, terms);
  await write(admin, `privacy-${language}`, "We keep little.");
  await admin.waitForMessage(asShown(`: We keep little.\n${effects.privacy}`));
  await bob.send("/help");
  await bob.pressButton(/^terms$/u);
  await bob.waitForMessage(
    asShown(`${messaging.help.termsTitle}\n${terms.replaceAll("<", "&lt;")}`),
  );
  await bob.send("/help");
  await bob.pressButton(/^privacy$/u);
  await bob.waitForMessage(asShown(`${messaging.help.privacyTitle}\nWe keep little.`));
  for (const key of ["support", `terms-${language}`, `privacy-${language}`])
    await reset(admin, key);
  await eventually(async () => expect(await valueOf(`privacy-${language}`)).toBeNull());
});

test.each(languages)(
  "maintenance stops customers with its text, and neither admins nor what was paid (%s)",
  async (language) => {
    const { messaging } = textsIn(language);
    const admin = await adminSpeaking(app, language);
    const bob = new BotCustomer(app, await customerSpeaking(app, language));
    const { person } = bob;
    const order = await bob.buy("month", "memory", "RUB");
    await choose(admin, "maintenance", "on");
    const { messageId } = await person.button(/^device-qr:/u);
    for (const command of ["start", "connect", "plans"]) {
      const before = (await person.listTexts()).length;
      await person.send(`/${command}`);
      await eventually(async () =>
        expect((await person.listTexts()).slice(before)).toEqual([
          shown(messaging.maintenance.text),
        ]),
      );
    }
    const pressed = await person.forgePress(messageId, "connect");
    expect(pressed.answer?.text).toBe(messaging.maintenance.short);
    const stranger = await app.person().become({ language_code: language });
    await stranger.send("/start");
    await stranger.waitForMessage(asShown(messaging.maintenance.text));
    await bob.settle(memory, order);
    await person.waitForMessage(/Paid|Оплачено|Оплата/u);
    await write(admin, `maintenance-text-${language}`, "Back at noon <3");
    await eventually(async () => {
      await person.send("/start");
      expect((await person.listTexts()).at(-1)).toBe("🛠 Back at noon <3");
    });
    await choose(admin, "maintenance", "off");
    await person.pressButton(/^home$/u);
    await person.button(/^devices$/u);
    await reset(admin, `maintenance-text-${language}`);
  },
);

test("who is not an admin sees no setting and changes none", async () => {
  const bob = await app.customer();
  const { messageId } = await bob.button(/^device-qr:/u);
  for (const data of [
    "settings",
    "setting:name",
    "setting-ask:name",
    "setting-set:maintenance:on:0123abcd",
    "setting-reset:name:0123abcd",
    "plans-edit",
    "plan-edit:month",
    "plan-field:month:days",
    "plan-set:month:sale:off:0123abcd",
    "plan-ask:month:days",
    "plan-new",
  ]) {
    const answer = await forgePress(app, bob, { messageId, data });
    expect(answer).toMatchObject({ text: textsIn("en").messaging.answer.notYours });
  }
});

test("a double tap is one change, a later one says that it is so, and the audit log names the admin", async () => {
  const admin = await adminSpeaking(app, "en");
  const messageId = await open(admin, "summary-hour");
  const { data } = await admin.button(/^setting-set:summary-hour:18:/u);
  // Both taps are on their way, even if the one that is handled first has edited the button away.
  await Promise.all([admin.forgePress(messageId, data), admin.forgePress(messageId, data)]);
  await admin.waitForMessage(/Daily summary: 18:00\nIt counts/u);
  // The page of the other tap may replace the one that the admin sees as they press.
  const later = await admin.button(/^setting-set:summary-hour:18:/u);
  const again = await admin.forgePress(later.messageId, later.data);
  expect(again.answer?.text).toBe(textsIn("en").operations.settings.same);
  const rows = await app.rows(
    `select l.actor from shop_settings s join audit_log l on l.request_id = s.request_id
      where s.key = 'summary-hour'`,
  );
  expect(rows).toEqual([{ actor: adminId }]);
});
