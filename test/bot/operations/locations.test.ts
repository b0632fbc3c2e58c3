import { expect, test } from "vitest";
import { languages } from "../../../domain/people/customer.ts";
import { textsIn } from "../../../texts/index.ts";
import { eventually } from "../../drivers/eventually.ts";
import { addLocation } from "../../drivers/locations.ts";
import type { Person } from "../../drivers/person.ts";
import { useTestApp } from "../../drivers/test-app.ts";
import { adminSpeaking, asShown, forgePress, shown } from "../people.ts";

const viewerId = 1_002;
const app = useTestApp({ viewerIds: [viewerId] });

/** The message on which the page with this button is shown. */
async function open(admin: Person, ...buttons: readonly string[]): Promise<number> {
  await admin.send("/admin");
  for (const data of buttons) await admin.pressButton(new RegExp(`^${data}$`, "u"));
  return (await admin.button(new RegExp(`^${buttons.at(-1)}|^admin$|^location`, "u"))).messageId;
}

const reads = (admin: Person, words: string) =>
  eventually(async () => {
    const texts = (await admin.chat()).map(({ text = "" }) => text);
    expect(texts.some((text) => text.includes(shown(words)))).toBe(true);
  });

const stored = async (code: string) => {
  const query = `select flag, names, groups, sort, hidden, audience, members
    from locations where code = ? and removed_at is null`;
  return (await app.rows(query, [code]))[0];
};
const locationOf = async (host: string) => {
  const query = `select l.code from hosts h left join locations l on l.id = h.location_id
    where h.id = ?`;
  return (await app.rows<{ code: string | null }>(query, [host]))[0]?.code;
};

test.each(languages)(
  "an admin adds a location, names, orders and hides it, says for whom it is, puts a host there, and removes it (%s)",
  async (language) => {
    const { locations, settings } = textsIn(language).operations;
    const admin = await adminSpeaking(app, language);
    const code = `at-${language}`;
    await open(admin, "locations", "location-new");
    await admin.waitForMessage(asShown(locations.askNew));
    await admin.send("Somewhere");
    await admin.waitForMessage(asShown(settings.wrong(locations.newHow)));
    await admin.send(`${code} 🇳🇱 The Netherlands`);
    await reads(admin, locations.added);
    const write = async (field: string, value: string) => {
      await admin.pressButton(new RegExp(`^location-field:${code}:${field}$`, "u"));
      await admin.pressButton(new RegExp(`^location-ask:${code}:${field}$`, "u"));
      await eventually(async () => {
        expect((await admin.listTexts()).at(-1)).toMatch(/^✏️/u);
      });
      await admin.send(value);
    };
    await write("name-ru", "Нидерланды");
    await reads(admin, "Нидерланды");
    await write("order", "7");
    await reads(admin, settings.changed(locations.names.order, "7", locations.effect));
    await write("groups", "europe, premium");
    await reads(
      admin,
      settings.changed(locations.names.groups, "europe, premium", locations.effect),
    );
    await write("audience", "5001 5002");
    await reads(admin, locations.named(2));
    await admin.pressButton(new RegExp(`^location-field:${code}:offered$`, "u"));
    await admin.pressButton(new RegExp(`^location-set:${code}:offered:no:`, "u"));
    await reads(
      admin,
      settings.changed(locations.names.offered, locations.yesNo.no, locations.effect),
    );
    expect(await stored(code)).toEqual({
      flag: "🇳🇱",
      names: { en: "The Netherlands", ru: "Нидерланды" },
      groups: ["europe", "premium"],
      sort: 7,
      hidden: true,
      audience: "named",
      members: [5001, 5002],
    });
    await admin.send("/admin");
    await admin.pressButton(/^hosts$/u);
    await admin.pressButton(new RegExp(`^host:${app.hostId}$`, "u"));
    await admin.pressButton(new RegExp(`^host-where:${app.hostId}$`, "u"));
    await admin.pressButton(new RegExp(`^host-at:${app.hostId}:${code}$`, "u"));
    await reads(admin, locations.put);
    expect(await locationOf(app.hostId)).toBe(code);
    await admin.send("/admin");
    await admin.pressButton(/^locations$/u);
    await admin.pressButton(new RegExp(`^location:${code}$`, "u"));
    await admin.pressButton(new RegExp(`^location-sure:${code}$`, "u"));
    await admin.pressButton(new RegExp(`^location-remove:${code}:`, "u"));
    await reads(admin, locations.hasHosts);
    await admin.pressButton(new RegExp(`^host:${app.hostId}$`, "u"));
    await admin.pressButton(new RegExp(`^host-where:${app.hostId}$`, "u"));
    await admin.pressButton(new RegExp(`^host-at:${app.hostId}$`, "u"));
    await eventually(async () => expect(await locationOf(app.hostId)).toBeNull());
    await admin.send("/admin");
    await admin.pressButton(/^locations$/u);
    await admin.pressButton(new RegExp(`^location:${code}$`, "u"));
    await admin.pressButton(new RegExp(`^location-sure:${code}$`, "u"));
    await admin.pressButton(new RegExp(`^location-remove:${code}:`, "u"));
    const name = language === "en" ? "🇳🇱 The Netherlands" : "🇳🇱 Нидерланды";
    await reads(admin, locations.removed(name));
    expect(await stored(code)).toBeUndefined();
  },
);

test("a viewer sees the locations, and changes none", async () => {
  await addLocation(app, "nl", { name: "Netherlands" });
  const viewer = await app.admin(viewerId);
  const messageId = await open(viewer, "locations", "location:nl");
  await viewer.button(/^location-field:nl:order$/u);
  const data = (await viewer.chat())
    .flatMap(({ reply_markup: markup }) => markup?.inline_keyboard ?? [])
    .flat()
    .flatMap(({ callback_data: one }) => one ?? []);
  expect(data.filter((one) => /^location-(?:set|ask|new|sure|remove)/u.test(one))).toEqual([]);
  for (const press of ["location-set:nl:offered:no:0123abcd", `host-at:${app.hostId}:nl`]) {
    expect((await forgePress(app, viewer, { messageId, data: press }))?.show_alert).toBe(true);
  }
  expect(await stored("nl")).toMatchObject({ hidden: false });
  expect(await locationOf(app.hostId)).toBeNull();
});
