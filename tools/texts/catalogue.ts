import type { Notice } from "../../domain/messaging/notice.ts";
import { type Language, languages } from "../../domain/people/customer.ts";
import type { Instant } from "../../domain/time.ts";
import type { Keyboard, Message } from "../../gateways/messenger/port.ts";
import { renderAdminNotice } from "../../texts/admin-notices.ts";
import { type ReaderLocale, textsIn } from "../../texts/index.ts";
import { renderNotice } from "../../texts/notices.ts";
import { walk } from "./bot-walk.ts";
import type { CatalogueEntry, Section, ShownButton, ShownMessage } from "./catalogue-entry.ts";
import { messageSamples } from "./message-samples.ts";
import { adminNoticeSamples, sampleOrigin, sampleOwner } from "./admin-notice-samples.ts";
import { noticeSamples } from "./notice-samples.ts";
import { SampleBot } from "./sample-bot.ts";
import { names, sampleId } from "./sample-people.ts";
import { samplePorts } from "./sample-readers.ts";
import { scenarios } from "./scenarios.ts";
import { sectionOf } from "./section-of.ts";

/** One text in one language, before it is set beside the other. */
interface Reading {
  readonly section: Section;
  readonly name: string;
  readonly shown: readonly ShownMessage[];
}

/**
 * Everything that the product may say, in every language, as its own renderers and its own bot say
 * it of samples. `onStep` is called with each message that is sent to
 * the bot, and with the data of each button that is pressed.
 * @throws Error where a handler of the bot fails, or languages differ in what there is.
 */
export async function createCatalogue(
  now: Instant,
  onStep: (done: string) => void = () => undefined,
): Promise<CatalogueEntry[]> {
  const [first = [], ...others] = await Promise.all(
    languages.map((language) => readAll(language, now, onStep)),
  );
  const known = new Set<string>();
  // A language may order what it shows otherwise, e.g. currencies.
  const inOthers = others.map((readings) => Map.groupBy(readings, (reading) => reading.name));
  return first.flatMap(({ section, name, shown }) => {
    const rest = inOthers.map((named) => named.get(name)?.shift());
    if (rest.includes(undefined)) throw new Error(`"${name}" is not there in every language`);
    const all = [shown, ...rest.map((reading) => reading?.shown ?? [])];
    const key = JSON.stringify(all);
    if (shown.length === 0 || known.has(key)) return [];
    known.add(key);
    const byLanguage = Object.fromEntries(languages.map((one, at) => [one, all[at]]));
    return [{ section, name, shown: byLanguage as CatalogueEntry["shown"] }];
  });
}

async function readAll(
  language: Language,
  now: Instant,
  onStep: (done: string) => void,
): Promise<Reading[]> {
  const locale = { language, zone: "Europe/Moscow" };
  return [
    ...readNotices(locale, now),
    ...messageSamples(locale, now).map(({ section, name, message }) => ({
      section,
      name,
      shown: [shownMessage(message)],
    })),
    ...(await readPages(language, now, onStep)),
    ...readBare(language),
  ];
}

const message = (html: string, keyboard: Keyboard = []): ShownMessage => ({
  manner: "message",
  html,
  buttons: buttonsOf(keyboard),
});

const buttonsOf = (keyboard: Keyboard): ShownButton[][] =>
  keyboard.map((row) => row.map((button) => ({ text: button.text, isLink: "url" in button })));

function readNotices(locale: ReaderLocale, now: Instant): Reading[] {
  const { language } = locale;
  const notices = Object.values(noticeSamples(language, now)).flatMap(({ section, samples }) =>
    (samples as readonly Notice[]).map((notice): Reading => {
      const { html, keyboard } = renderNotice(locale, notice, now);
      return { section, name: notice.kind, shown: [message(html, keyboard)] };
    }),
  );
  const forAdmins = Object.values(adminNoticeSamples(language)).flatMap((samples) =>
    samples.map((notice): Reading => {
      const about =
        "paymentId" in notice
          ? sampleOwner(language, now)
          : "reference" in notice
            ? sampleOrigin(language)
            : {};
      const { html, keyboard } = renderAdminNotice(locale, notice, about, now);
      const shown = [message(html, keyboard)];
      return { section: "admin-notices", name: notice.kind, shown };
    }),
  );
  return [...notices, ...forAdmins];
}

function shownMessage(sent: Message): ShownMessage {
  switch (sent.kind) {
    case "text":
      return message(sent.html, sent.keyboard);
    case "document":
      return { ...message(sent.captionHtml ?? "", sent.keyboard), file: `📄 ${sent.fileName}` };
    case "qr":
      return { ...message(sent.captionHtml ?? "", sent.keyboard), file: "🔳 QR" };
    case "sentFile":
      return { ...message(sent.captionHtml ?? "", sent.keyboard), file: `📎 ${sent.media}` };
    case "topic":
    case "topicState":
      return message("");
  }
}

/** Every page and every answer of the bot. */
async function readPages(
  language: Language,
  now: Instant,
  onStep: (done: string) => void,
): Promise<Reading[]> {
  const readings: Reading[] = [];
  for (const { name: state, shop, start, left } of scenarios(language, now)) {
    const { customer } = shop;
    const { firstName, lastName, username } = customer ?? names[language].customer;
    const from = {
      id: customer?.telegramId ?? sampleId,
      is_bot: false,
      first_name: firstName,
      last_name: lastName ?? "",
      username: username ?? "",
      language_code: language,
    };
    const bot = new SampleBot(samplePorts(shop), from);
    for (const { name, data, answer } of await walk(bot, start, left)) {
      onStep(data ?? name);
      readings.push({ section: sectionOf(name), name: `${state}: ${name}`, shown: answer.shown });
    }
  }
  return readings;
}

const bare = (section: Section, name: string, html: string): Reading => ({
  section,
  name,
  shown: [message(html)],
});

/** What is shown as it stands: in Telegram's own places, or where something is wrong. */
function readBare(language: Language): Reading[] {
  const { messaging, payments } = textsIn(language);
  const { shop } = names[language];
  const commands = Object.entries(messaging.commands).map(([name, what]) => `/${name}: ${what}`);
  return [
    bare("start", "description of the bot", messaging.bot.description(shop)),
    bare("start", "short description of the bot", messaging.bot.shortDescription(shop)),
    bare("home", "menu of commands", commands.join("\n")),
    ...Object.entries(messaging.answer).map(([name, html]) => bare("answers", name, html)),
    ...Object.entries(payments.checkout).map(([name, html]): Reading => ({
      section: "payments",
      name: `checkout: ${name}`,
      shown: [{ manner: "alert", html, buttons: [] }],
    })),
  ];
}
