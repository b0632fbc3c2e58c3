import { expect, test, vi } from "vitest";
import { signals, workflowIds } from "../../workflows/contract/names.ts";
import { peersOf } from "../drivers/access.ts";
import { eventually } from "../drivers/eventually.ts";
import { useTestApp } from "../drivers/test-app.ts";
import { runScript } from "./run-script.ts";

/** Each command is a process, and they come one after the other. */
vi.setConfig({ testTimeout: 120_000 });

const app = useTestApp();

const drift = (...args: readonly string[]) =>
  runScript(app, "tools/tollgate.ts", ["hosts", "drift", ...args]);

const hostName = async (): Promise<string> =>
  (await app.rows<{ name: string }>("select name from hosts"))[0]!.name;

async function pauseHost(): Promise<void> {
  const reconciler = app.client.workflow.getHandle(workflowIds.host(app.hostId));
  await reconciler.signal(signals.pause);
  await eventually(async () => {
    const { searchAttributes } = await reconciler.describe();
    expect(searchAttributes["Stage"]).toEqual(["paused"]);
  });
}

const readPeers = async () => (await app.host.list()).peers;

test("a dry run says what a pass would do, for whom and why, and changes nothing", async () => {
  const name = await hostName();
  const people = [await app.customer(), await app.customer(), await app.customer()];
  const [lost, changed, ended] = await Promise.all(
    people.map(async (person) => (await peersOf(app, person))[0]!),
  );
  expect((await drift(name)).text).toMatch(/0 to add, 0 to change, .*; 0 not ours$/mu);
  await pauseHost();
  await app.host.remove([lost!]);
  app.host.put(changed!, { addresses: ["10.8.0.250"], presharedHash: "another" });
  await app.rows(
    `update subscriptions set paid_until = now() - interval '1 day'
      where id = (select subscription_id from accesses where identity = ?)`,
    [ended!],
  );
  app.host.put("somebody's", { addresses: ["10.99.0.1"], presharedHash: undefined });
  const before = await readPeers();
  const booked = () =>
    app.rows("select identity, on_host, put_begun, removed_at from accesses order by identity");
  const booksBefore = await booked();

  const { code, text } = await drift(name);
  expect(code).toBe(0);
  expect(text).toMatch(
    /^\S+: has 3, 2 of ours should be there: 1 to add, 1 to change, 1 to take off, 0 to remove; 1 not ours$/mu,
  );
  const rows = text.split("\n").map((line) => line.split(/ {2,}/u));
  const whose = [expect.stringMatching(/\(\d+\)$/u), expect.any(String)];
  expect(rows).toContainEqual(["add", lost, ...whose, "the host does not have it"]);
  const changes = "its preshared key; its address (10.8.0.250)";
  expect(rows).toContainEqual(["change", changed, ...whose, changes]);
  expect(rows).toContainEqual(["take off", ended, ...whose, "its right has ended by the books"]);
  expect(rows).toContainEqual(["leave", "somebody's", "not ours: 10.99.0.1"]);

  const json = JSON.parse((await drift(name, "--json")).text) as Record<string, unknown>;
  expect(json).toMatchObject({
    host: name,
    found: 3,
    add: { count: 1, lines: [{ identity: lost, telegramId: people[0]!.id }] },
    end: { count: 1, lines: [{ identity: ended, telegramId: people[2]!.id }] },
    foreign: { count: 1, lines: [{ identity: "somebody's", addresses: ["10.99.0.1"] }] },
  });
  expect(await readPeers()).toEqual(before);
  expect(await booked()).toEqual(booksBefore);
});

test("of a host that does not exist there is no dry run, and a verb takes its own options alone", async () => {
  expect(await drift("Nowhere")).toMatchObject({ code: 1, text: /no host/u });
  expect(await drift("one", "--yes")).toMatchObject({ code: 1, text: /takes no --yes/u });
});
