import { beforeAll, expect, test } from "vitest";
import type { LocationCode } from "../../../domain/access/location.ts";
import type { SettingKey } from "../../../domain/operations/shop-settings.ts";
import { hostId } from "../../../domain/ids.ts";
import { type Language, languages } from "../../../domain/people/customer.ts";
import { MemoryVpnHost } from "../../../gateways/hosts/memory.ts";
import { textsIn } from "../../../texts/index.ts";
import { signals, workflowIds } from "../../../workflows/contract/names.ts";
import { eventually } from "../../drivers/eventually.ts";
import { addLocation, changeAsOperator, editHost } from "../../drivers/locations.ts";
import { memorySettings } from "../../drivers/memory-settings.ts";
import type { Person } from "../../drivers/person.ts";
import { useTestApp } from "../../drivers/test-app.ts";
import { walkMenu } from "../menu-walk.ts";
import { asShown, customerSpeaking, devicesOf, forgePress, shown } from "../people.ts";

const settings = memorySettings("10.90.0.0/20");
const japan = new MemoryVpnHost(settings);
const app = useTestApp({ secondHost: { settings, host: japan, capacity: 1 } });

let second: string;
beforeAll(async () => {
  const [row] = await app.rows<{ id: string }>("select id from hosts where name = 'two'");
  second = row!.id;
  // The second of two comes to the emptier host, and fills it.
  await app.customer();
  await app.customer();
  await drain();
});

const drain = () => editHost(app, { kind: "drain", hostId: hostId(second) });
/** Opens the host in Japan, with room for so many more. */
async function openJapan(more: number): Promise<void> {
  const [row] = await app.rows<{ n: number }>(
    "select count(*)::int as n from accesses where host_id = ? and retired_at is null",
    [second],
  );
  await editHost(app, { kind: "edit", hostId: hostId(second), capacity: row!.n + more });
  await editHost(app, { kind: "resume", hostId: hostId(second) });
}

const set = (key: SettingKey, value: string) =>
  changeAsOperator(app, { kind: "setting", key, value });
const offer = (value: "yes" | "no") =>
  changeAsOperator(app, {
    kind: "location",
    code: "jp" as LocationCode,
    field: "offered",
    value,
  });

const labels = {
  en: { nl: "🇳🇱 Netherlands", jp: "🇯🇵 Japan" },
  ru: { nl: "🇳🇱 Нидерланды", jp: "🇯🇵 Япония" },
} as const satisfies Record<Language, object>;

/** The labels below the message that has this button. */
async function labelsWith(person: Person, data: RegExp): Promise<string[]> {
  const { messageId } = await person.button(data);
  const page = (await person.chat()).find(({ message_id: id }) => id === messageId);
  return (page?.reply_markup?.inline_keyboard ?? []).flat().map(({ text }) => text);
}

const reads = (person: Person, words: string) =>
  eventually(async () => {
    const texts = (await person.chat()).map(({ text = "" }) => text);
    expect(texts.some((text) => text.includes(shown(words)))).toBe(true);
  });

/** Opens the page of one of a person's devices. */
async function openDevice(person: Person, id: string): Promise<void> {
  await person.send("/devices");
  await person.pressButton(new RegExp(`^device-open:${id}$`, "u"));
}

async function askToMove(person: Person, id: string, code: string): Promise<void> {
  await openDevice(person, id);
  await person.pressButton(new RegExp(`^device-where:${id}$`, "u"));
  await person.pressButton(new RegExp(`^dl:${id}:${code}$`, "u"));
}

const keysOf = async (person: Person): Promise<number> => (await person.listKeys()).length;
const has = async (host: MemoryVpnHost, key: string) =>
  (await host.list()).peers.some(({ identity }) => identity === key);
const check = (id: string) =>
  app.client.workflow.getHandle(workflowIds.host(hostId(id))).signal(signals.checkNow);

test("a shop without locations shows no picker, in no page and no text", async () => {
  const bob = await customerSpeaking(app, "en");
  const [phone] = await devicesOf(app, bob);
  await openDevice(bob, phone!.id);
  const device = await labelsWith(bob, new RegExp(`^device-rename:${phone!.id}$`, "u"));
  expect(device).not.toContain(textsIn("en").access.location.change);
  await bob.send("/connect");
  await bob.pressButton(/^platform:android$/u);
  expect((await labelsWith(bob, /^connect-key:android$/u)).join()).not.toContain("🌍");
  await bob.send("/devices");
  const before = await keysOf(bob);
  await bob.pressButton(/^device-add(?::[0-9a-f]{8})?$/u);
  await eventually(async () => expect(await keysOf(bob)).toBe(before + 1));
});

test.each(languages)(
  "a customer picks a location for a new device, waits while it is full, moves another there, and the old key works until the new one is used (%s)",
  async (language) => {
    const { location, device } = textsIn(language).access;
    const names = labels[language];
    await set("location-changes", "3");
    await drain();
    const hosts = { nl: [app.hostId], jp: [second] };
    await addLocation(app, "nl", { flag: "🇳🇱", name: "Netherlands", hosts: hosts.nl });
    await addLocation(app, "jp", { flag: "🇯🇵", name: "Japan", hosts: hosts.jp });
    for (const code of ["nl", "jp"] as const) {
      const value = labels.ru[code].split(" ")[1]!;
      const change = { kind: "location", code: code as LocationCode, field: "name-ru" } as const;
      await changeAsOperator(app, { ...change, value });
    }
    const bob = await customerSpeaking(app, language);
    const [phone] = await devicesOf(app, bob);
    await openJapan(0);

    await bob.send("/devices");
    await bob.pressButton(/^device-add(?::[0-9a-f]{8})?$/u);
    await reads(bob, location.whereNew);
    expect((await labelsWith(bob, /^device-add-at:_:/u)).slice(0, 3)).toEqual([
      location.any,
      names.nl,
      location.full(names.jp),
    ]);
    await bob.pressButton(/^device-add-at:jp:/u);
    await reads(bob, location.fullNow(names.jp));
    const laptop = (await devicesOf(app, bob)).find(({ id }) => id !== phone!.id)!;
    await openDevice(bob, laptop.id);
    await reads(bob, location.is(names.jp));
    const keys = await keysOf(bob);
    await openJapan(1);
    await eventually(async () => expect(await keysOf(bob)).toBe(keys + 1));
    await eventually(async () => expect(await has(japan, laptop.public_key)).toBe(true));

    await openDevice(bob, phone!.id);
    await reads(bob, location.is(names.nl));
    await askToMove(bob, phone!.id, "jp");
    await reads(bob, location.noRoom(phone!.name, names.jp));
    expect((await devicesOf(app, bob))[0]!.public_key).toBe(phone!.public_key);
    await openJapan(1);
    await askToMove(bob, phone!.id, "jp");
    await reads(bob, location.moving(phone!.name, names.jp));
    await reads(bob, device.moved.why.customer(phone!.name));
    await eventually(async () => expect(await keysOf(bob)).toBe(keys + 2));
    const [moved] = await devicesOf(app, bob);
    expect(moved!.public_key).not.toBe(phone!.public_key);
    expect([await has(app.host, phone!.public_key), await has(japan, moved!.public_key)]).toEqual([
      true,
      true,
    ]);
    japan.carry(moved!.public_key, 1_000, 1_000);
    await check(second);
    await eventually(async () => expect(await has(app.host, phone!.public_key)).toBe(false));

    await set("location-changes", "1");
    await askToMove(bob, phone!.id, "nl");
    await reads(bob, location.limit(1));
    expect((await devicesOf(app, bob))[0]!.public_key).toBe(moved!.public_key);

    await offer("no");
    await openDevice(bob, phone!.id);
    await reads(bob, location.is(names.jp));
    await eventually(async () => {
      const left = await labelsWith(bob, new RegExp(`^device-rename:${phone!.id}$`, "u"));
      expect(left).not.toContain(location.change);
    });
    const { messageId } = await bob.button(/^device-rename:/u);
    const answer = await forgePress(app, bob, { messageId, data: `dl:${laptop.id}:jp` });
    expect(answer?.text).toBeDefined();
    await bob.waitForMessage(asShown(location.notOffered));
    expect(await has(japan, moved!.public_key)).toBe(true);
    await offer("yes");
  },
);

test("every button of a customer who may choose a location leads somewhere", async () => {
  await set("location-changes", "9");
  await openJapan(20);
  const bob = await customerSpeaking(app, "en");
  const seen = await walkMenu({ person: bob, app }, /^device-revoke:?/u);
  for (const kind of [
    "device-where:<id>",
    "dl:<id>:_",
    "dl:<id>:nl",
    "dl:<id>:jp",
    "device-add-at:_:<mark>",
    "device-add-at:jp:<mark>",
  ]) {
    expect(seen).toContain(kind);
  }
});
