import { expect, test } from "vitest";
import { telegramId } from "../../../domain/ids.ts";
import { languages } from "../../../domain/people/customer.ts";
import { textsIn } from "../../../texts/index.ts";
import type { Message } from "../../../emulators/telegram/bot-api.ts";
import { workflowIds } from "../../../workflows/contract/names.ts";
import { eventually } from "../../drivers/eventually.ts";
import { type Person, wordsOf } from "../../drivers/person.ts";
import { useTestApp } from "../../drivers/test-app.ts";
import { walkMenu } from "../menu-walk.ts";
import { customerSpeaking, devicesOf, rejectSignup, shown } from "../people.ts";

const app = useTestApp({ support: {} });

type Language = (typeof languages)[number];

const backs = languages.map((language) => textsIn(language).messaging.menu.back);

/** A page of the menu, which leads back or is the home screen; notices come by themselves. */
const isPage = ({ reply_markup: keys }: Message): boolean =>
  (keys?.inline_keyboard ?? [])
    .flat()
    .some(({ text, callback_data: data }) => backs.includes(text) || data === "languages");

/** The page that the bot shows after this, in a new message or in one that was there. */
async function shownAfter(person: Person, act: () => Promise<unknown>): Promise<string> {
  const before = new Map((await person.chat()).map((one) => [one.message_id, JSON.stringify(one)]));
  await act();
  return eventually(async () => {
    const changed = (await person.chat()).findLast(
      (one) => isPage(one) && before.get(one.message_id) !== JSON.stringify(one),
    );
    if (changed === undefined) throw new Error("no page is shown");
    return wordsOf(changed);
  });
}

/** The first words of a text whose end is a value. */
const beginning = (html: string): string => shown(html.split("{}")[0]!).trim();

/** Everything by which somebody comes to what only customers have. */
const customersOnly = ["connect", "devices", "usage", "plans", "payments", "balance", "invite"];

const setCustomer = (person: Person, columns: string) =>
  app.rows(`update customers set ${columns} where telegram_id = ?`, [person.id]);
const setSubscription = (person: Person, columns: string) =>
  app.rows(
    `update subscriptions s set ${columns} from customers c
      where c.id = s.customer_id and c.telegram_id = ?`,
    [person.id],
  );

/** Whoever is not a customer, yet or any more, by what their pages have to say. */
const outsiders = {
  waiting: async (language: Language) => {
    const admin = await app.admin();
    const eve = await app.person().become({ language_code: language });
    await eve.askForAccess();
    await admin.button(new RegExp(`^decide:signup:${eve.id}:`, "u"));
    return { person: eve, words: textsIn(language).access.home.waiting };
  },
  rejected: async (language: Language) => {
    const admin = await app.admin();
    const eve = await app.person().become({ language_code: language });
    await eve.askForAccess();
    await rejectSignup(admin, eve);
    await app.client.workflow.getHandle(workflowIds.signup(telegramId(eve.id))).result();
    await setCustomer(eve, "rejected_at = rejected_at - interval '2 days'");
    return { person: eve, words: textsIn(language).access.home.declined };
  },
  "waiting again, after an undone approval": async (language: Language) => {
    const admin = await app.admin();
    const eve = await customerSpeaking(app, language);
    await admin.send("/admin");
    await admin.pressButton(/^admin-pending$/u);
    await admin.pressButton(/^decisions$/u);
    await admin.pressButton(new RegExp(`^sure-undo:${eve.id}:`, "u"));
    await admin.pressButton(new RegExp(`^act:undo:${eve.id}:`, "u"));
    await eventually(async () => {
      const [row] = await app.rows("select status from customers where telegram_id = ?", [eve.id]);
      expect(row).toEqual({ status: "pending" });
    });
    return { person: eve, words: textsIn(language).access.home.waiting };
  },
  blocked: async (language: Language) => {
    const eve = await customerSpeaking(app, language);
    await setCustomer(eve, "status = 'blocked'");
    return { person: eve, words: textsIn(language).access.home.blocked };
  },
  "whose access was ended": async (language: Language) => {
    const eve = await customerSpeaking(app, language);
    await setSubscription(eve, "revoked_at = now()");
    return { person: eve, words: textsIn(language).access.home.ended };
  },
} as const;

const cases = Object.keys(outsiders).flatMap((state) =>
  languages.map((language) => ({ state: state as keyof typeof outsiders, language })),
);

test.each(cases)(
  "every command and button of customers says where somebody is who is $state ($language)",
  async ({ state, language }) => {
    const { person, words } = await outsiders[state](language);
    const [device] = await devicesOf(app, person);
    for (const command of customersOnly) {
      expect({ command, is: await shownAfter(person, () => person.send(`/${command}`)) }).toEqual({
        command,
        is: shown(words),
      });
    }
    const presses = [
      "connect",
      "plans",
      "plan:month",
      "buy:month:1:memory:RUB:0123abcd",
      "top-up",
      "renewal",
      "renew-agree:balance:month:1:RUB:0123abcd",
      "renewal-end:resume:0123abcd",
      "add-on:device",
      "device-add",
      ...(device ? [`device-open:${device.id}`, `device-sure-reissue:${device.id}`] : []),
    ];
    for (const data of presses) {
      // A page that shows the same already is not edited, so each press is on another one.
      await shownAfter(person, () => person.send("/help"));
      const { messageId } = await person.button(/^support$/u);
      const press = () => person.forgePress(messageId, data);
      expect({ data, is: await shownAfter(person, press) }).toEqual({ data, is: shown(words) });
    }
    const left = /^(?:device-revoke|device-text)/u;
    expect((await walkMenu({ person, app }, left)).has("help")).toBe(true);
  },
);

test.each(languages)(
  "a blocked person changes their language, and reads so (%s)",
  async (language) => {
    const { person } = await outsiders.blocked(language);
    const other = language === "en" ? "ru" : "en";
    await person.send("/language");
    await person.pressButton(new RegExp(`^language:${other}`, "u"));
    await person.waitForMessage(new RegExp(`^${textsIn(other).people.language.changed}$`, "u"));
    expect(await shownAfter(person, () => person.send("/balance"))).toBe(
      shown(textsIn(other).access.home.blocked),
    );
  },
);

/** Customers without access now, by what each page about it has to say. */
const states = {
  trial: { columns: "", words: undefined },
  "in the days of grace": {
    columns: "paid_until = now() - interval '1 minute', grace_ms = 86400000",
    words: undefined,
  },
  expired: {
    columns: "paid_until = now() - interval '1 hour', grace_ms = 0",
    words: (language: Language) => textsIn(language).access.home.expired,
  },
  "without any time yet": {
    columns: "paid_until = null",
    words: (language: Language) => textsIn(language).access.home.withoutTime("Tollgate"),
  },
  "out of traffic": {
    columns: "traffic_limit_bytes = 0",
    words: (language: Language) => textsIn(language).access.home.exhausted("{}"),
  },
  suspended: {
    columns: "suspended",
    words: (language: Language) => {
      const { channels } = textsIn(language).people;
      return channels.paused(channels.named([]));
    },
  },
} as const;

const stateCases = Object.keys(states).flatMap((state) =>
  languages.map((language) => ({ state: state as keyof typeof states, language })),
);

test.each(stateCases)(
  "the pages of devices, keys and traffic say what is true of somebody who is $state ($language)",
  async ({ state, language }) => {
    const { columns, words } = states[state];
    const { access } = textsIn(language);
    const person = await customerSpeaking(app, language);
    const [device] = await devicesOf(app, person);
    if (columns === "suspended") {
      await setCustomer(person, "left_channels_at = now(), suspended_at = now()");
    } else if (columns !== "") await setSubscription(person, columns);
    const pages: string[] = [];
    for (const command of ["start", "connect", "devices", "usage"]) {
      pages.push(await shownAfter(person, () => person.send(`/${command}`)));
    }
    await shownAfter(person, () => person.send("/devices"));
    const { messageId, data } = await person.button(new RegExp(`^device-open:${device!.id}$`, "u"));
    pages.push(await shownAfter(person, () => person.press(messageId, data)));
    const others = Object.values(states).flatMap((other) =>
      other.words === undefined || other.words === words ? [] : [beginning(other.words(language))],
    );
    const said = words === undefined ? "" : beginning(words(language));
    for (const page of pages) {
      expect(others.filter((one) => page.includes(one))).toEqual([]);
      expect(page).toContain(said);
    }
    const isOn = words === undefined;
    expect(pages.at(-1)!.includes(device!.address)).toBe(isOn);
    expect(pages[2]!.includes(shown(access.seen.off))).toBe(!isOn);
    const works = await person.forgePress(messageId, "works");
    expect(works.answer?.text === access.connect.enjoy).toBe(isOn);
    const left = /^(?:device-revoke|device-text|joined)/u;
    expect((await walkMenu({ person, app }, left)).has("devices")).toBe(true);
  },
);
