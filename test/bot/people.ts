import { expect } from "vitest";
import type { Language } from "../../domain/people/customer.ts";
import { textsIn } from "../../texts/index.ts";
import { eventually } from "../drivers/eventually.ts";
import type { Person } from "../drivers/person.ts";
import type { TestApp } from "../drivers/test-app.ts";

/** A customer with a first key, whose phone is in this language. */
export async function customerSpeaking(app: TestApp, language: Language): Promise<Person> {
  const one = await app.person().become({ language_code: language });
  const admin = await app.admin();
  await one.askForAccess();
  await admin.pressButton(new RegExp(`^decide:signup:${one.id}:\\w+:approve$`, "u"));
  await one.waitForMessage(/Your key for|Ваш ключ/u);
  // The question at the beginning loses its buttons when its turn comes.
  await eventually(async () => {
    const keyboards = (await one.chat()).map((message) => message.reply_markup?.inline_keyboard);
    expect(JSON.stringify(keyboards)).not.toContain('"captcha:');
  });
  return one;
}

/** An admin who has chosen this language. */
export const adminSpeaking = async (app: TestApp, language: Language): Promise<Person> =>
  chooseLanguage(app, await app.admin(), language);

/** Makes a person choose this language. */
export async function chooseLanguage(
  app: TestApp,
  person: Person,
  language: Language,
): Promise<Person> {
  await person.send("/language");
  const { messageId, data } = await person.button(new RegExp(`^language:${language}$`, "u"));
  await person.press(messageId, data);
  await eventually(async () => {
    const query = "select language from customers where telegram_id = ?";
    expect(await app.rows(query, [person.id])).toEqual([{ language }]);
    const page = (await person.chat()).find(({ message_id: id }) => id === messageId);
    expect(page?.text).toBe(textsIn(language).people.language.changed);
  });
  return person;
}

/** Makes the admin reject a person's signup, without a reason. */
export async function rejectSignup(admin: Person, { id }: Person): Promise<void> {
  await admin.pressButton(new RegExp(`^reject:signup:${id}:\\w+$`, "u"));
  await admin.pressButton(new RegExp(`^decide:signup:${id}:\\w+:reject$`, "u"));
}

/** Finds an HTML text as a person sees it. */
export const asShown = (html: string): RegExp =>
  new RegExp(shown(html).replaceAll(/[.*+?^${}()|[\]\\]/gu, String.raw`\$&`), "u");

export interface DeviceInBooks {
  readonly id: string;
  readonly name: string;
  readonly address: string;
  readonly public_key: string;
  readonly revoked: boolean;
}

/** A person's devices in the database, oldest first. */
export const devicesOf = (app: TestApp, { id }: Person): Promise<DeviceInBooks[]> =>
  app.rows<DeviceInBooks>(
    `select d.id, d.name, a.address, a.identity as public_key, d.revoked_at is not null as revoked
       from devices d join subscriptions s on s.id = d.subscription_id
       join customers c on c.id = s.customer_id
       join lateral (select address, identity from accesses where device_id = d.id
                      order by retired_at desc nulls first limit 1) a on true
      where c.telegram_id = ? order by d.created_at, d.id`,
    [id],
  );

/** The keys that the host lets in now, each with its address. */
export async function listPeers(app: TestApp): Promise<Map<string, string>> {
  const { peers } = await app.host.list();
  return new Map(peers.map(({ identity, addresses }) => [identity, addresses.join()]));
}

/** The newest `.conf` file of a chat: its name and its text. */
export async function newestKey(person: Person): Promise<{ fileName: string; conf: string }> {
  const { document } = (await person.chat()).findLast((message) => message.document) ?? {};
  if (document === undefined) throw new Error(`${person.id} has no key`);
  return { fileName: document.file_name, conf: await person.downloadText(document.file_id) };
}

/** Presses a button that the message does not have, as a modified client could. */
export async function forgePress(
  app: TestApp,
  { id }: Person,
  { messageId, data }: { messageId: number; data: string },
): Promise<{ text?: string; show_alert?: boolean } | null> {
  const url = `${app.emulatorUrl}/person/${id}/callbacks?wait=answer&forge=yes`;
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ message_id: messageId, data }),
  });
  if (!response.ok) throw new Error(`a forged press: ${response.status} ${await response.text()}`);
  return ((await response.json()) as { answer: { text?: string } | null }).answer;
}

export interface Act {
  readonly act: string;
  readonly actor: number;
  readonly before: { readonly status?: string };
  readonly after: { readonly status?: string; readonly addedDays?: number };
}

/** A person's rows in the audit log, oldest first. */
export const actsOn = (app: TestApp, { id }: Person): Promise<Act[]> =>
  app.rows<Act>(
    `select l.act, l.actor, l.before, l.after from audit_log l
       join customers c on c.id = l.customer_id where c.telegram_id = ? order by l.at`,
    [id],
  );

/** Makes the admin find the customer; resolves with the number of their card. */
export async function cardOf(admin: Person, { id }: Person): Promise<number> {
  const before = (await admin.chat()).length;
  await admin.send(`/find ${id}`);
  return eventually(async () => {
    const fresh = (await admin.chat()).slice(before);
    const card = fresh.find(({ text }) => text?.includes(`${id}`) && text.includes("👤"));
    if (card === undefined) throw new Error("no card yet");
    return card.message_id;
  });
}

/** The visible text of an HTML text. */
export const shown = (html: string) =>
  html
    .replaceAll(/<[^>]+>/gu, "")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&amp;", "&");
