import { expect, test } from "vitest";
import { eventually } from "../../drivers/eventually.ts";
import type { Person } from "../../drivers/person.ts";
import { useTestApp } from "../../drivers/test-app.ts";

const app = useTestApp();

const nameless = () => `name_${Math.random().toString(36).slice(2, 10)}`;

/** Sends the admin's message; resolves with the answer. */
async function askAdmin(admin: Person, text: string): Promise<string> {
  const before = (await admin.listTexts()).length;
  await admin.send(text);
  return eventually(async () => {
    const texts = await admin.listTexts();
    expect(texts.length).toBeGreaterThan(before);
    return texts.at(-1)!;
  });
}

const usernameOf = async ({ id }: Person): Promise<string | null | undefined> => {
  const [row] = await app.rows<{ username: string | null }>(
    "select username from customers where telegram_id = ?",
    [id],
  );
  return row?.username;
};

/** How long the bot waits, before it answers, until a new name is stored. */
const storingMs = 1_000;

/**
 * Sends /help under a new name. With the answer the name is stored; only where the answer took as
 * long as the bot waits at most, it may be stored a little later.
 */
async function askForHelp(person: Person, stored: () => Promise<void>): Promise<void> {
  const before = (await person.chat()).at(-1)?.message_id;
  const began = performance.now();
  await person.send("/help");
  await eventually(async () => {
    const fresh = await person.chat(before);
    expect(fresh.some(({ text }) => /How can we help/u.test(text ?? ""))).toBe(true);
  });
  const isInTime = performance.now() - began < storingMs;
  await (isInTime ? stored() : eventually(stored));
}

async function changesOf({ id }: Person): Promise<number> {
  let runs = 0;
  const query = `WorkflowId = "profile-change:${id}"`;
  for await (const _ of app.client.workflow.list({ query })) runs += 1;
  return runs;
}

test("a person who has a new @username is found by it, and not by the old one", async () => {
  const admin = await app.admin();
  const alice = await app.customer();
  const old = nameless();
  const fresh = nameless();
  await alice.become({ first_name: "Alice", username: old });
  await askForHelp(alice, async () => expect(await usernameOf(alice)).toBe(old));
  await alice.become({ username: fresh, last_name: "Newly" });
  await askForHelp(alice, async () => expect(await usernameOf(alice)).toBe(fresh));
  expect(await askAdmin(admin, `/find @${fresh}`)).toContain(String(alice.id));
  expect(await askAdmin(admin, `/find @${old}`)).not.toContain(String(alice.id));
  expect(await askAdmin(admin, `/find ${alice.id}`)).toContain("Alice Newly");
});

test("a @username that changes hands belongs to its latest holder, whatever its case", async () => {
  const admin = await app.admin();
  const alice = await app.customer();
  const bob = await app.customer();
  const name = nameless();
  await alice.become({ username: name });
  await askForHelp(alice, async () => expect(await usernameOf(alice)).toBe(name));
  await bob.become({ username: name.toUpperCase() });
  await askForHelp(bob, async () => {
    expect([await usernameOf(alice), await usernameOf(bob)]).toEqual([null, name.toUpperCase()]);
  });
  expect(await askAdmin(admin, `/find @${name}`)).toContain(String(bob.id));
  // A newcomer takes it by pressing Start.
  const eve = await app.person().become({ username: name });
  await eve.send("/start");
  await eventually(async () =>
    expect([await usernameOf(bob), await usernameOf(eve)]).toEqual([null, name]),
  );
});

test("a press updates the name too, and only once: a known name starts nothing", async () => {
  const alice = await app.customer();
  await alice.send("/devices");
  const { messageId, data } = await alice.button(/^device-open:/u);
  const before = await changesOf(alice);
  const name = nameless();
  await alice.become({ username: name });
  await alice.press(messageId, data);
  await eventually(async () => expect(await usernameOf(alice)).toBe(name));
  for (const text of ["/help", "/terms", "/usage"]) await askAdmin(alice, text);
  await eventually(async () => expect(await changesOf(alice)).toBe(before + 1));
});

test("a blocked person's names are updated", async () => {
  const admin = await app.admin();
  const eve = await app.customer();
  await askAdmin(admin, `/find ${eve.id}`);
  await admin.pressButton(new RegExp(`^sure-block:${eve.id}$`, "u"));
  await admin.pressButton(new RegExp(`^act:block:${eve.id}$`, "u"));
  await admin.waitForMessage(/✅ .* is blocked/u);
  const name = nameless();
  await eve.become({ username: name });
  await eve.send("/help");
  await eventually(async () => expect(await usernameOf(eve)).toBe(name));
});
