import { expect, test } from "vitest";
import { DurableClient } from "../../../client/durable.ts";
import { changeHost } from "../../../client/hosts.ts";
import { findBoxKey, sealFor } from "../../../db/sealed-box.ts";
import type { HostChange } from "../../../domain/access/host-change.ts";
import { operator } from "../../../domain/operations/shop-change.ts";
import { languages } from "../../../domain/people/customer.ts";
import { textsIn } from "../../../texts/index.ts";
import { eventually } from "../../drivers/eventually.ts";
import { memorySettings } from "../../drivers/memory-settings.ts";
import type { Person } from "../../drivers/person.ts";
import { useTestApp } from "../../drivers/test-app.ts";
import { adminSpeaking, forgePress, shown } from "../people.ts";

const viewerId = 1_002;
const app = useTestApp({ storedHosts: true, viewerIds: [viewerId] });

/** Adds an empty host; resolves with its id. */
async function add(name: string, network: string): Promise<string> {
  const requestId = crypto.randomUUID();
  const key = (await findBoxKey(app.query()))!;
  const settings = sealFor(key, JSON.stringify(memorySettings(network)), requestId);
  const change: HostChange = { kind: "add", name, capacity: 40, weight: 1, settings };
  const result = await changeHost(new DurableClient(app.client), {
    requestId,
    by: operator,
    change,
  });
  if (result.kind === "refused") throw new Error(JSON.stringify(result));
  return result.hostId;
}

/** Opens the page of a host from the admins' menu. */
async function open(admin: Person, id: string): Promise<number> {
  await admin.send("/admin");
  await admin.pressButton(/^hosts$/u);
  const { messageId } = await admin.button(new RegExp(`^host:${id}$`, "u"));
  await admin.press(messageId, `host:${id}`);
  await admin.button(new RegExp(`^host-test:${id}:`, "u"));
  return messageId;
}

const textOf = async (admin: Person, messageId: number): Promise<string> =>
  (await admin.chat()).find(({ message_id: id }) => id === messageId)?.text ?? "";

const reads = (admin: Person, messageId: number, words: string) =>
  eventually(async () => expect(await textOf(admin, messageId)).toContain(shown(words)));

const stateOf = async (id: string) => {
  const [row] = await app.rows<{ state: string }>("select state from hosts where id = ?", [id]);
  return row?.state;
};

test.each(languages)(
  "an admin sees, tests, drains, opens and removes a host, and is told with numbers what that does (%s)",
  async (language) => {
    const { hosts } = textsIn(language).operations;
    const admin = await adminSpeaking(app, language);
    const id = await add(`Riga ${language}`, language === "en" ? "10.60.0.0/20" : "10.61.0.0/20");
    const page = await open(admin, id);
    await reads(admin, page, hosts.load(0, 40));
    await reads(admin, page, hosts.byCommand);
    await admin.pressButton(new RegExp(`^host-test:${id}:`, "u"));
    await reads(admin, page, hosts.usable);
    await reads(admin, page, hosts.troubles.parameters.name);
    await admin.pressButton(new RegExp(`^host-drain:${id}:`, "u"));
    await reads(admin, page, hosts.drained);
    expect(await stateOf(id)).toBe("draining");
    await admin.pressButton(new RegExp(`^host-resume:${id}:`, "u"));
    await reads(admin, page, hosts.resumed);
    expect(await stateOf(id)).toBe("open");
    await admin.pressButton(new RegExp(`^host-sure:${id}$`, "u"));
    await reads(admin, page, hosts.sureCapacity(40));
    await admin.pressButton(new RegExp(`^host-remove:${id}:`, "u"));
    await reads(admin, page, hosts.removed(`Riga ${language}`));
    expect(await stateOf(id)).toBe("closed");
    await forgePress(app, admin, { messageId: page, data: `host:${id}` });
    await reads(admin, page, hosts.gone);
  },
);

test("a host with devices is not removed, and its page says how many", async () => {
  const { hosts } = textsIn("en").operations;
  const admin = await adminSpeaking(app, "en");
  await app.customer();
  const page = await open(admin, app.hostId);
  await admin.pressButton(new RegExp(`^host-sure:${app.hostId}$`, "u"));
  await reads(admin, page, hosts.hasAccesses(1));
  const data = `host-remove:${app.hostId}:0123abcd`;
  await forgePress(app, admin, { messageId: page, data });
  await reads(admin, page, hosts.hasAccesses(1));
  expect(await stateOf(app.hostId)).toBe("open");
});

test("a viewer sees the hosts, and changes none", async () => {
  const viewer = await app.admin(viewerId);
  await viewer.send("/admin");
  await viewer.pressButton(/^hosts$/u);
  await viewer.pressButton(new RegExp(`^host:${app.hostId}$`, "u"));
  const { messageId } = await viewer.button(/^hosts$/u);
  const data = (await viewer.chat())
    .flatMap(({ reply_markup: markup }) => markup?.inline_keyboard ?? [])
    .flat()
    .flatMap(({ callback_data: one }) => one ?? []);
  expect(data.filter((one) => one.startsWith("host-"))).toEqual([]);
  const drain = { messageId, data: `host-drain:${app.hostId}:0123abcd` };
  expect((await forgePress(app, viewer, drain))?.show_alert).toBe(true);
  expect(await stateOf(app.hostId)).toBe("open");
});
