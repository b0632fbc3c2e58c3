import { expect, test } from "vitest";
import { ApiProcess } from "../../drivers/api-process.ts";
import { eventually } from "../../drivers/eventually.ts";
import { newestLink } from "../../drivers/links.ts";
import type { Person } from "../../drivers/person.ts";
import { useTestApp } from "../../drivers/test-app.ts";

const api = await ApiProcess.open();
const app = useTestApp({ publicUrl: api.url });
api.useWith(app);

/** Asks for a link on a new page of the person's device. */
async function fileLink(person: Person, before = ""): Promise<string> {
  await person.send("/devices");
  const { messageId, data } = await person.button(/^device-open:/u);
  await person.press(messageId, data);
  // An older page of the device has this button, too.
  const link = await eventually(async () => {
    const found = await person.button(/^device-link:/u);
    expect(found.messageId).toBe(messageId);
    return found.data;
  });
  await person.press(messageId, link);
  return newestLink(person, before);
}

test("another link can be wanted on the same page once one was used", async () => {
  const person = await app.customer();
  const link = await fileLink(person);
  const used = await fetch(link, { method: "POST" });
  expect(used.status).toBe(200);
  const pressed = await person.button(/^device-link:/u);
  await person.press(pressed.messageId, pressed.data);
  const next = await newestLink(person, link);
  expect((await fetch(next)).status).toBe(200);
});

test("a link gives the key's file once, however often its page is opened", async () => {
  const person = await app.customer();
  const [conf] = await person.listKeys();
  const link = await fileLink(person);
  expect(link).toMatch(/\/f\/[\w-]{32}$/u);
  for (const userAgent of ["TelegramBot (like TwitterBot)", "Mozilla/5.0", "curl/8"]) {
    for (const method of ["GET", "HEAD"]) {
      const page = await fetch(link, { method, headers: { "user-agent": userAgent } });
      expect(page.status).toBe(200);
      expect(await page.text()).not.toMatch(/PrivateKey/u);
    }
  }
  const given = await fetch(link, { method: "POST" });
  expect(given.headers.get("content-disposition")).toBe("attachment; filename=Tollgate.conf");
  expect(given.headers.get("cache-control")).toBe("no-store");
  expect(await given.text()).toBe(conf);
  const again = await fetch(link, { method: "POST" });
  expect(again.status).toBe(410);
  expect(await again.text()).toMatch(/has been downloaded/u);
  expect((await fetch(link)).status).toBe(410);
});

test("of many who press at one moment one gets the file", async () => {
  const person = await app.customer();
  const link = await fileLink(person);
  const answers = await Promise.all(
    Array.from({ length: 5 }, async () => (await fetch(link, { method: "POST" })).status),
  );
  expect(answers.map(String).toSorted()).toEqual(["200", "410", "410", "410", "410"]);
  expect(await fileLink(person, link)).not.toBe(link);
});

test("after its hour, a new key or a block a link gives nothing", async () => {
  const person = await app.customer();
  const link = await fileLink(person);
  await app.rows(`update customers set status = 'blocked' where telegram_id = ${person.id}`);
  expect((await fetch(link, { method: "POST" })).status).toBe(410);
  await app.rows(`update customers set status = 'active' where telegram_id = ${person.id}`);
  expect((await fetch(link)).status).toBe(200);
  await app.rows("update file_links set expires_at = now() where used_at is null");
  expect((await fetch(link, { method: "POST" })).status).toBe(410);
  const next = await fileLink(person, link);
  await person.send("/devices");
  await person.pressButton(/^device-open:/u);
  await person.pressButton(/^device-sure-reissue:/u);
  await person.pressButton(/^device-reissue:/u);
  await eventually(async () => expect((await fetch(next, { method: "POST" })).status).toBe(410));
});

test("no workflow and no log has the file or its link's token", async () => {
  const person = await app.customer();
  const link = await fileLink(person);
  const conf = await (await fetch(link, { method: "POST" })).text();
  const [, key = ""] = /^PrivateKey = (\S+)$/mu.exec(conf) ?? [];
  expect(key).not.toBe("");
  expect(api.output).toMatch(/"path":"\/f\/…"/u);
  const secrets = [key, link.split("/").at(-1)!];
  const query = `WorkflowType = "linkRequest"`;
  let seen = 0;
  for await (const { workflowId } of app.client.workflow.list({ query })) {
    const history = await app.client.workflow.getHandle(workflowId).fetchHistory();
    const text = JSON.stringify(history, (_, value: unknown) =>
      value instanceof Uint8Array ? Buffer.from(value).toString() : value,
    );
    seen += 1;
    for (const secret of secrets) expect(text).not.toContain(secret);
  }
  expect(seen).toBeGreaterThan(0);
  for (const secret of secrets) expect(api.output).not.toContain(secret);
});
