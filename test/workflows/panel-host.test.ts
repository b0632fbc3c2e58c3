import { afterAll, beforeEach, expect, test } from "vitest";
import { startRemnawaveEmulator } from "../../emulators/remnawave/emulator.ts";
import { connectHost, hostSettings } from "../../gateways/hosts/registry.ts";
import { wordsOf } from "../drivers/person.ts";
import { eventually } from "../drivers/eventually.ts";
import { useTestApp } from "../drivers/test-app.ts";

const token = "testRemnawaveToken";
const panel = await startRemnawaveEmulator({ port: 0, token, nodeLagMs: 20 });
afterAll(() => panel.close());

const control = async <Answer>(path: string): Promise<Answer> =>
  (await (await fetch(`${panel.url}/control${path}`)).json()) as Answer;

interface User {
  readonly username: string;
  readonly subscriptionUrl: string;
  readonly shortUuid: string;
}

const [squad] = await control<{ uuid: string }[]>("/squads");
const settings = hostSettings.parse({
  kind: "remnawave",
  url: panel.url,
  token,
  squads: [squad!.uuid],
});
const app = useTestApp({ secondHost: { settings, host: connectHost(settings) } });

/** New devices come to the panel. */
beforeEach(() => app.rows("update hosts set state = 'draining' where name = 'one'"));

const listOnNode = async () =>
  (await control<{ lets_in: User[] }>("/node")).lets_in.map(({ username }) => username);

const keysBehind = async (link: string): Promise<string> => {
  const headers = { "x-forwarded-for": "203.0.113.7", "x-forwarded-proto": "https" };
  const path = `/api/sub/${new URL(link).pathname.slice(1)}`;
  return Buffer.from(
    await (await fetch(panel.url + path, { headers })).text(),
    "base64",
  ).toString();
};

test("a customer on a panel gets a link that works, is shut out by a block, and comes back with the same", async () => {
  const admin = await app.admin();
  const alice = app.person();
  await alice.askForAccess();
  await admin.pressButton(new RegExp(`^decide:signup:${alice.id}:\\w+:approve$`, "u"));
  const message = await alice.waitForMessage(/Your key for[^]*https:/u);
  const [link = ""] = /https:\S+/u.exec(wordsOf(message)) ?? [];
  const keys = await keysBehind(link);
  expect(keys).toMatch(/^\w+:\/\/.+@/u);
  // The panel answers before its node knows.
  const name = await eventually(async () => {
    const [first = ""] = await listOnNode();
    expect(first).toMatch(/^toll_/u);
    return first;
  });
  await alice.pressButton(/^device-qr:/u);
  await eventually(async () =>
    expect((await alice.chat()).some(({ photo }) => photo !== undefined)).toBe(true),
  );
  await app.rows(`update customers set status = 'blocked' where telegram_id = ${alice.id}`);
  await eventually(async () => expect(await listOnNode()).toEqual([]));
  await app.rows(`update customers set status = 'active' where telegram_id = ${alice.id}`);
  await eventually(async () => expect(await listOnNode()).toEqual([name]));
  expect(await keysBehind(link)).toBe(keys);
  await alice.send("/devices");
  await alice.pressButton(/^device-open:/u);
  await alice.pressButton(/^device-sure-revoke:/u);
  await alice.pressButton(/^device-revoke:/u);
  await eventually(async () => expect(await control<User[]>("/users")).toEqual([]));
});
