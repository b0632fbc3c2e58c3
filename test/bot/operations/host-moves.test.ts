import { expect, test } from "vitest";
import { languages } from "../../../domain/people/customer.ts";
import { MemoryVpnHost } from "../../../gateways/hosts/memory.ts";
import { textsIn } from "../../../texts/index.ts";
import { eventually } from "../../drivers/eventually.ts";
import type { Person } from "../../drivers/person.ts";
import { memorySettings, useTestApp } from "../../drivers/test-app.ts";
import { adminSpeaking, forgePress, shown } from "../people.ts";

const viewerId = 1_002;
const settings = memorySettings("10.81.0.0/20");
const second = new MemoryVpnHost(settings);
const app = useTestApp({ viewerIds: [viewerId], secondHost: { settings, host: second } });

async function open(admin: Person, id: string): Promise<number> {
  await admin.send("/admin");
  await admin.pressButton(/^hosts$/u);
  const { messageId } = await admin.button(new RegExp(`^host:${id}$`, "u"));
  await admin.press(messageId, `host:${id}`);
  await admin.button(new RegExp(`^host-migration:${id}$`, "u"));
  return messageId;
}

const reads = (admin: Person, messageId: number, words: string) =>
  eventually(async () => {
    const page = (await admin.chat()).find(({ message_id: id }) => id === messageId);
    expect(page?.text).toContain(shown(words));
  });

const idOf = async (name: string) => {
  const [row] = await app.rows<{ id: string }>("select id from hosts where name = ?", [name]);
  return row!.id;
};

test.each(languages)(
  "an admin is told with numbers what moving everybody away does, sees how far it is, and stops it (%s)",
  async (language) => {
    const { hostMoves: texts, hosts } = textsIn(language).operations;
    const admin = await adminSpeaking(app, language);
    await app.rows("update hosts set state = 'draining' where name = 'two'");
    await app.rows("update hosts set state = 'open', capacity = 500 where name = 'one'");
    await app.customer();
    const id = await idOf("one");
    const page = await open(admin, id);
    await reads(admin, page, hosts.states.open);
    // No other host takes devices: nobody can leave.
    await admin.pressButton(new RegExp(`^host-migrate-sure:${id}$`, "u"));
    await reads(admin, page, texts.sure("one"));
    await reads(admin, page, texts.sureRoom(0));
    await reads(admin, page, texts.shortOfRoom);
    await admin.pressButton(new RegExp(`^host-migrate:${id}:`, "u"));
    await reads(admin, page, texts.begun);
    await eventually(async () => {
      await admin.pressButton(new RegExp(`^host-migration:${id}$`, "u"));
      const [one] = (await admin.chat()).filter(({ message_id: of }) => of === page);
      expect(one?.text).toContain(shown(texts.states.running));
      expect(one?.text).toContain("⏳");
    });
    await admin.pressButton(new RegExp(`^host-migrate-stop:${id}:`, "u"));
    await reads(admin, page, texts.stopped);
    await eventually(async () => {
      expect(await app.rows("select 1 from host_migrations where ended_at is null")).toEqual([]);
    });
    await admin.pressButton(new RegExp(`^host-migration:${id}$`, "u"));
    await reads(admin, page, texts.states.aborted);
    await forgePress(app, admin, {
      messageId: page,
      data: `host-migrate-stop:${id}:0123abc${language === "en" ? 1 : 2}`,
    });
    await reads(admin, page, texts.noMigration);
  },
);

test.each(languages)(
  "giving a host up takes a second press that says what is lost; then its devices are elsewhere (%s)",
  async (language) => {
    const { hostMoves: texts } = textsIn(language).operations;
    const admin = await adminSpeaking(app, language);
    // The second language loses the host that the first one has left.
    const [lost, other] = language === "en" ? ["one", "two"] : ["two", "one"];
    await app.rows("update hosts set state = 'open'");
    await app.rows("update hosts set state = 'draining' where name = ?", [other]);
    await app.customer();
    await app.rows("update hosts set state = 'open'");
    const id = await idOf(lost);
    const page = await open(admin, id);
    await admin.pressButton(new RegExp(`^host-lose-sure:${id}$`, "u"));
    await reads(admin, page, texts.sureLost(lost));
    await reads(admin, page, texts.lostSettings);
    await admin.pressButton(new RegExp(`^host-lose:${id}:`, "u"));
    await reads(admin, page, texts.given(lost));
    await eventually(async () => {
      expect(
        await app.rows("select 1 from accesses where host_id = ? and removed_at is null", [id]),
      ).toEqual([]);
    });
  },
);

test("a viewer sees how far devices are, and moves none", async () => {
  const viewer = await app.admin(viewerId);
  const [row] = await app.rows<{ id: string }>("select id from hosts where state <> 'closed'");
  await viewer.send("/admin");
  await viewer.pressButton(/^hosts$/u);
  await viewer.pressButton(new RegExp(`^host:${row!.id}$`, "u"));
  const { messageId } = await viewer.button(/^hosts$/u);
  for (const data of [`host-migrate:${row!.id}:0123abcd`, `host-lose:${row!.id}:0123abcd`]) {
    expect((await forgePress(app, viewer, { messageId, data }))?.show_alert).toBe(true);
  }
  expect(await app.rows("select 1 from host_migrations where ended_at is null")).toEqual([]);
});
