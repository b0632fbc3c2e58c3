import { randomUUID } from "node:crypto";
import { afterEach, expect, test } from "vitest";
import { DurableClient } from "../../../client/durable.ts";
import { changeHost } from "../../../client/hosts.ts";
import type { HostChange } from "../../../domain/access/host-change.ts";
import { operator } from "../../../domain/operations/shop-change.ts";
import { languages } from "../../../domain/people/customer.ts";
import { textsIn } from "../../../texts/index.ts";
import { eventually } from "../../drivers/eventually.ts";
import { type Person, wordsOf } from "../../drivers/person.ts";
import { useTestApp } from "../../drivers/test-app.ts";
import { adminSpeaking, customerSpeaking, forgePress, shown } from "../people.ts";

const viewerId = 1_002;
const app = useTestApp({ viewerIds: [viewerId] });

/** The page of the host's maintenance, which only who may change something is led to. */
async function open(admin: Person): Promise<number> {
  await admin.send("/admin");
  await admin.pressButton(/^hosts$/u);
  await admin.pressButton(new RegExp(`^host:${app.hostId}$`, "u"));
  const { messageId } = await admin.button(/^hosts$/u);
  await admin.forgePress(messageId, `host-maint:${app.hostId}`);
  return messageId;
}

/** What a message says now, once it says these words. */
const reads = (person: Person, messageId: number, words: string) =>
  eventually(async () => {
    const page = (await person.chat()).find(({ message_id: id }) => id === messageId);
    expect(wordsOf(page!)).toContain(shown(words));
    return wordsOf(page!);
  });

const countOf = async (person: Person, words: string): Promise<number> =>
  (await person.listTexts()).filter((text) => text.includes(shown(words))).length;

// A test that fails does not keep the next one's customers waiting.
afterEach(() => change({ kind: "endMaintenance", hostId: app.hostId }));

/** The pages of a customer who acts, each by its button. */
const pages = ["home", "connect", "platform:iphone", "devices", "plans"] as const;

const change = (made: HostChange) =>
  changeHost(new DurableClient(app.client), {
    requestId: randomUUID(),
    by: operator,
    change: made,
  });

const beginningOf = (words: (...of: string[]) => string) => words("", "").split(":")[0]!;

test.each(languages)(
  "customers of a host in maintenance read so where they act; when it is over, the time comes back once, whoever presses again (%s)",
  async (language) => {
    const { operations, access } = textsIn(language);
    const { hostMaintenance: words } = operations;
    const admin = await adminSpeaking(app, language);
    const bob = await customerSpeaking(app, language);
    const page = await open(admin);
    const before = await reads(admin, page, words.title("one"));
    expect(before).toContain(shown(words.words));
    await admin.pressButton(/^host-maint-begin:/u);
    await reads(admin, page, words.begun);
    await reads(admin, page, access.maintenance.usual);

    const { messageId } = await bob.button(/^home$/u);
    const press = async (data: string, wanted: string) => {
      await bob.forgePress(messageId, data);
      return reads(bob, messageId, wanted);
    };
    for (const data of pages) await press(data, access.maintenance.usual);
    expect(await press("plans", access.maintenance.usual)).toContain(
      shown(access.maintenance.waits),
    );
    await change({
      kind: "beginMaintenance",
      hostId: app.hostId,
      texts: { [language]: "<Disks>" },
    });
    expect(await press("home", "🛠 &lt;Disks&gt;")).not.toContain(shown(access.maintenance.usual));
    await admin.forgePress(page, `host-maint:${app.hostId}`);
    await reads(admin, page, "🛠 &lt;Disks&gt;");
    await admin.pressButton(/^host-maint-end:/u);
    await reads(admin, page, words.isOver);
    await eventually(async () => {
      expect(await press("home", "")).not.toContain("🛠");
    });
    const { messageId: at, data } = await admin.button(/^host-give-back:/u);
    await admin.press(at, data);
    const beginning = beginningOf(access.maintenance.givenBack);
    await eventually(async () => expect(await countOf(bob, beginning)).toBe(1));
    const lots = () =>
      app.rows<{ ms: number }>(
        `select t.ms from time_lots t join subscriptions s on s.id = t.subscription_id
           join customers c on c.id = s.customer_id
          where c.telegram_id = ? and t.kind = 'maintenance'`,
        [bob.id],
      );
    const given = await lots();
    expect(given).toHaveLength(1);
    // The same button again, and another admin's.
    for (const mark of ["0123abc1", "0123abc2"]) {
      await admin.forgePress(at, data.replace(/[^:]+$/u, mark));
      await reads(admin, at, operations.hosts.same);
    }
    await admin.forgePress(at, `host-maint:${app.hostId}`);
    // Those of the languages before have their devices there, too.
    await reads(admin, at, words.given(languages.indexOf(language) + 1));
    expect(await lots()).toEqual(given);
    expect(await countOf(bob, beginning)).toBe(1);
    await admin.send(`/find ${bob.id}`);
    await admin.pressButton(/^history:/u);
    await admin.waitForMessage(new RegExp(textsIn(language).people.events.maintenance, "u"));
  },
);

test("a viewer sees the maintenance of a host, and begins, ends and gives back none", async () => {
  const viewer = await app.admin(viewerId);
  const messageId = await open(viewer);
  await reads(viewer, messageId, textsIn("en").operations.hostMaintenance.title("one"));
  const [last] = await app.rows<{ id: string }>("select id from host_maintenances limit 1");
  const acts = [`begin:${app.hostId}`, `end:${app.hostId}`].map((act) => `host-maint-${act}`);
  for (const act of [...acts, `host-give-back:${last!.id}`]) {
    const answer = await forgePress(app, viewer, { messageId, data: `${act}:0123abcd` });
    expect(answer?.show_alert).toBe(true);
  }
  const page = (await viewer.chat()).find(({ message_id: id }) => id === messageId);
  expect(JSON.stringify(page?.reply_markup)).not.toContain("host-maint-");
  expect(await app.rows("select 1 from host_maintenances where ended_at is null")).toEqual([]);
});

test("a button about a maintenance or a host that is gone says so, and changes nothing", async () => {
  const admin = await adminSpeaking(app, "en");
  const messageId = await open(admin);
  const { noMaintenance } = textsIn("en").operations.hostMaintenance;
  const gone = { messageId, data: `host-give-back:${randomUUID()}:0123abcd` };
  expect((await forgePress(app, admin, gone))?.text).toBe(noMaintenance);
  await admin.forgePress(messageId, `host-maint-end:${app.hostId}:0123abcd`);
  await reads(admin, messageId, noMaintenance);
  await admin.forgePress(messageId, `host-maint:${randomUUID()}`);
  await reads(admin, messageId, textsIn("en").operations.hosts.gone);
});
