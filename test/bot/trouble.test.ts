import * as fc from "fast-check";
import { afterEach, expect, test } from "vitest";
import { textsIn } from "../../texts/index.ts";
import { eventually } from "../drivers/eventually.ts";
import { useTestApp } from "../drivers/test-app.ts";
import { devicesOf, newestKey } from "./people.ts";

const app = useTestApp();

const control = (path: string, method = "POST", body?: object) =>
  fetch(`${app.emulatorUrl}/control/${path}`, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
const fault = (rule: object) => control("faults", "POST", rule);

afterEach(() => control("faults", "DELETE"));

const decision = (id: number) => new RegExp(`^decide:signup:${id}:\\w+:approve$`, "u");

test("a person who blocks the bot before the key comes gets it after coming back", async () => {
  const admin = await app.admin();
  const eve = app.person();
  await eve.askForAccess();
  await eve.become({ blocked: true });
  await admin.pressButton(decision(eve.id));
  await admin.waitForMessage(new RegExp(`${eve.id}[^]*Approved by`, "u"));
  await eventually(async () => {
    const calls = (await (await control("calls?method=sendDocument", "GET")).json()) as object[];
    expect(calls).toContainEqual(expect.objectContaining({ chat_id: eve.id, error_code: 403 }));
  });
  await eventually(async () => {
    const [row] = await app.rows<{ since: string | null }>(
      "select unreachable_since as since from customers where telegram_id = ?",
      [eve.id],
    );
    expect(row?.since).not.toBeNull();
  });
  expect(await eve.listKeys()).toEqual([]);
  await eve.send("/start");
  await eve.waitForMessage(/Devices: \d/u);
  await eve.waitForMessage(/Your key for/u);
  expect(await eve.listKeys()).toHaveLength(1);
  await eve.send("/start");
  await eventually(async () => {
    const greetings = (await eve.listTexts()).filter((text) => text.includes("Free trial"));
    expect(greetings).toHaveLength(2);
  });
  expect(await eve.listKeys()).toHaveLength(1);
});

test.each([
  ["429", { kind: "429", retry_after: 1, times: 1 }],
  ["500", { kind: "500", times: 2 }],
  ["502", { kind: "502", times: 2 }],
  ["silence after it was done", { kind: "timeout-after-success", hold_ms: 20, times: 1 }],
])("a key arrives whole though Telegram answers %s", async (_, rule) => {
  const admin = await app.admin();
  const eve = app.person();
  await eve.askForAccess();
  for (const method of ["sendDocument", "sendMessage"]) {
    await fault({ method, chat_id: eve.id, ...rule });
  }
  await admin.pressButton(decision(eve.id));
  await eve.waitForMessage(/Your key for/u);
  expect(new Set(await eve.listKeys()).size).toBe(1);
  expect(await devicesOf(app, eve)).toHaveLength(1);
});

test("what a failed step had sent is not sent again", async () => {
  const admin = await app.admin();
  const eve = app.person();
  await eve.askForAccess();
  await fault({ method: "sendDocument", chat_id: eve.id, kind: "500", times: 2 });
  await admin.pressButton(decision(eve.id));
  await eve.waitForMessage(/Your key for/u);
  const chat = await eve.chat();
  expect(chat.filter(({ document }) => document)).toHaveLength(1);
  expect(chat.filter(({ text }) => text?.includes("You are in"))).toHaveLength(1);
});

const misbehaviour = fc.record({
  updates: fc.constantFrom("duplicate", "reorder", "delay"),
  delay_ms: fc.integer({ min: 1, max: 60 }),
  probability: fc.constantFrom(0.3, 0.7, 1),
  seed: fc.nat(),
});

test("however Telegram repeats, delays and reorders, a signup is one approval and one key", () =>
  fc.assert(
    fc.asyncProperty(misbehaviour, async (rule) => {
      const admin = await app.admin();
      const eve = app.person();
      await fault({ ...rule, chat_id: eve.id });
      await fault({ ...rule, chat_id: admin.id });
      await eve.askForAccess();
      await admin.pressButton(decision(eve.id));
      await eve.waitForMessage(/Your key for/u);
      await control("faults", "DELETE");
      expect(await eve.listKeys()).toHaveLength(1);
      expect(await devicesOf(app, eve)).toHaveLength(1);
      const asked = await app.rows("select ask from approvals where approval_id = ?", [
        `signup:${eve.id}`,
      ]);
      expect(asked).toHaveLength(1);
    }),
    { numRuns: 8 },
  ));

test("Approve pressed twice is one approval, and the second press is answered so", async () => {
  const admin = await app.admin();
  const eve = app.person();
  await eve.askForAccess();
  const { messageId, data } = await admin.button(decision(eve.id));
  await Promise.all([admin.press(messageId, data), admin.press(messageId, data)]);
  await eve.waitForMessage(/Your key for/u);
  expect(await eve.listKeys()).toHaveLength(1);
  const acts = await app.rows("select act from audit_log where request_id like ?", [
    `approval/signup:${eve.id}/%`,
  ]);
  expect(acts).toEqual([{ act: "approve" }]);
  const old = await fetch(`${app.emulatorUrl}/person/1001/callbacks?wait=answer&forge=yes`, {
    method: "POST",
    body: JSON.stringify({ message_id: messageId, data }),
  });
  expect(await old.json()).toMatchObject({
    answer: { text: textsIn("en").people.approval.alreadyDecided },
  });
});

test("a press so old that it cannot be answered still counts, and nothing fails", async () => {
  const admin = await app.admin();
  const eve = app.person();
  await eve.askForAccess();
  const { messageId, data } = await admin.button(decision(eve.id));
  const message = (await admin.chat()).find(({ message_id: id }) => id === messageId);
  const before = (await app.metrics.errors.get()).values;
  const from = { id: admin.id, is_bot: false, first_name: "Boss" };
  const query = { id: "999", from, message, chat_instance: "1", data };
  await control("updates", "POST", { callback_query: query });
  await eve.waitForMessage(/Your key for/u);
  expect((await app.metrics.errors.get()).values).toEqual(before);
});

test("a message of 4,096 characters is answered like any other", async () => {
  const admin = await app.admin();
  const bob = await app.customer();
  for (const text of ["x".repeat(4_096), "😀".repeat(2_048), `/${"y".repeat(4_095)}`]) {
    const received = (await bob.listTexts()).length;
    await bob.send(text);
    await eventually(async () =>
      expect((await bob.listTexts())[received]).toBe(textsIn("en").messaging.answer.unknownCommand),
    );
  }
  await admin.send(`/find ${"z".repeat(4_090)}`);
  await admin.waitForMessage(/Nobody found/u);
  await admin.send(`/extend ${"9".repeat(4_080)}`);
  await admin.waitForMessage(/Send \/extend/u);
});

const deviceName = fc.oneof(
  fc.string({ unit: "grapheme", minLength: 1, maxLength: 60 }),
  fc.constantFrom("<b>x</b>", "../../etc/passwd", "\u202Eeman", "بيت", "a".repeat(4_000), "&lt;"),
);

test("a device may have any name: the list, the card and the file name can hold it", async () => {
  const bob = await app.customer();
  const [device] = await devicesOf(app, bob);
  await bob.send("/devices");
  await bob.pressButton(/^device-open:/u);
  const { messageId } = await bob.button(/^device-rename:/u);
  let keys = 1;
  await fc.assert(
    fc.asyncProperty(deviceName, async (name) => {
      // A command is not a name, neither are only spaces, and a longer one is refused.
      fc.pre(!name.startsWith("/") && name.trim() !== "" && Array.from(name).length <= 32);
      const before = await bob.listTexts();
      await bob.press(messageId, `device-rename:${device!.id}`);
      await eventually(async () => expect((await bob.listTexts()).length).toBe(before.length + 1));
      await bob.send(name);
      await eventually(async () => expect((await bob.listTexts()).length).toBe(before.length + 2));
      expect((await bob.listTexts()).at(-1)).toMatch(/^✏️ Renamed to/u);
      const [{ name: kept } = { name: "" }] = await devicesOf(app, bob);
      expect(Array.from(kept).length).toBeLessThanOrEqual(32);
      expect(kept).not.toMatch(/[\u202A-\u202E\u2066-\u2069\n]/u);
      await bob.pressButton(/^device-show:/u);
      keys += 1;
      await eventually(async () => expect(await bob.listKeys()).toHaveLength(keys));
      expect((await newestKey(bob)).fileName).toMatch(/^[\w=+.-]{1,15}\.conf$/u);
    }),
    { numRuns: 12 },
  );
});
