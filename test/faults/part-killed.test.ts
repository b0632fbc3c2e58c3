import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { migrate } from "../../db/migrate.ts";
import { openDatabase } from "../../db/orm.ts";
import { startTelegramEmulator, type TelegramEmulator } from "../../emulators/telegram/emulator.ts";
import { connectHost } from "../../gateways/hosts/registry.ts";
import { freePort } from "../../tools/servers/ports.ts";
import { startPostgres } from "../../tools/servers/postgres.ts";
import { findRedis, startRedis } from "../../tools/servers/redis.ts";
import { findTemporalCli } from "../../tools/servers/temporal-cli.ts";
import { startTemporal } from "../../tools/servers/temporal.ts";
import { eventually } from "../drivers/eventually.ts";
import { createNamespace } from "../drivers/namespace.ts";
import { Person, wordsOf } from "../drivers/person.ts";
import { Killable, Processes } from "../drivers/processes.ts";

const adminId = 1001;
const patience = 120_000;
const password = "owner";
const folder = mkdtempSync(join(tmpdir(), "tollgate-parts-"));

/** Servers of our own, so that killing them is nobody else's trouble. */
const ports = { postgres: 0, temporal: 0, redis: 0 };
const servers = {
  postgres: new Killable(async () => {
    const options = { dataDir: folder, port: ports.postgres, password, guarded: true };
    const server = await startPostgres(options);
    ownerUrl = server.url;
    return server;
  }),
  temporal: new Killable(async () =>
    startTemporal(await findTemporalCli(() => undefined), {
      port: ports.temporal,
      dataDir: join(folder, "temporal"),
      quick: true,
      guarded: true,
    }),
  ),
  redis: new Killable(() =>
    startRedis(findRedis() ?? "redis-server", {
      dataDir: join(folder, "redis"),
      port: ports.redis,
      guarded: true,
    }),
  ),
};

let emulator: TelegramEmulator;
let plant: Processes;
let ownerUrl: string;

beforeAll(async () => {
  for (const name of Object.keys(ports) as (keyof typeof ports)[]) ports[name] = await freePort();
  await Promise.all(Object.values(servers).map((server) => server.start()));
  const url = (user: string) => Object.assign(new URL(ownerUrl), { username: user }).href;
  await migrate(ownerUrl, { writer: password, reader: password });
  const temporalAddress = `127.0.0.1:${ports.temporal}`;
  const { namespace, connection } = await createNamespace(temporalAddress);
  await connection.close();
  emulator = await startTelegramEmulator({ port: 0, token: "123456:TEST" });
  plant = new Processes({
    writerUrl: url("tollgate_writer"),
    readerUrl: url("tollgate_reader"),
    temporalAddress,
    namespace,
    redisUrl: `redis://127.0.0.1:${ports.redis}`,
    emulatorUrl: emulator.url,
    adminId,
  });
  await plant.host.start();
  await Promise.all([plant.worker.start(), plant.bot.start()]);
  const admin = new Person(emulator.url, adminId);
  await admin.send("/start");
  await admin.waitForMessage(/administrator here/u);
});

afterAll(async () => {
  await plant?.stop();
  await emulator?.close();
  await Promise.all(Object.values(servers).map((server) => server.stop()));
  rmSync(folder, { recursive: true, force: true });
});

const until = <Result>(act: () => Promise<Result>) => eventually(act, patience);

/** The parts by name, each with how it dies and comes back. */
const parts: Record<string, () => Killable> = {
  PostgreSQL: () => servers.postgres,
  Temporal: () => servers.temporal,
  Redis: () => servers.redis,
  "the VPN endpoint": () => plant.host,
  "the bot": () => plant.bot,
  "the worker": () => plant.worker,
};

let lastPerson = 800_000;

async function newPerson(): Promise<Person> {
  return new Person(emulator.url, (lastPerson += 1));
}

/** Exactly one key in the chat (or the same twice), in the books, and on the host. */
async function hasOneKey(person: Person): Promise<void> {
  await until(() => person.waitForMessage(/How to connect/u));
  const keys = new Set(await person.listKeys());
  expect(keys.size).toBe(1);
  const books = await openDatabase(ownerUrl, 1);
  try {
    const rows = await books.em.fork().execute<{ identity: string }[]>(
      `select a.identity from accesses a join subscriptions s on s.id = a.subscription_id
         join customers c on c.id = s.customer_id
        where c.telegram_id = ? and a.retired_at is null and s.paid_until > now()`,
      [person.id],
    );
    expect(rows).toHaveLength(1);
    await until(async () => expect(await identities()).toContain(rows[0]?.identity));
  } finally {
    await books.close();
  }
}

/** Who is let in, as the endpoint says it. */
async function identities(): Promise<string[]> {
  const { peers } = await connectHost(plant.settings!).list();
  return peers.map(({ identity }) => identity).toSorted();
}

async function nothingTwiceTwice(person: Person): Promise<void> {
  const words = (await person.chat()).filter(({ from }) => from?.is_bot).map(wordsOf);
  for (const same of Map.groupBy(words, (text) => text).values()) {
    expect(same.length).toBeLessThanOrEqual(2);
  }
}

test.each(Object.keys(parts))(
  "kill -9 of %s while a person waits for approval, and again while the key is made: one key all the same",
  async (name) => {
    const part = parts[name]!();
    const [person, admin] = [await newPerson(), new Person(emulator.url, adminId)];
    await person.send("/start");
    await until(() => person.answerCaptcha());
    await part.kill();
    await delay(200);
    await part.start();
    await until(() => person.waitForMessage(/(?:sent to|waiting for) an administrator/u));
    const button = await until(() =>
      admin.button(new RegExp(`^decide:signup:${person.id}:\\w+:approve$`, "u")),
    );
    const pressed = admin.press(button.messageId, button.data);
    await part.kill();
    await part.start();
    await pressed;
    await hasOneKey(person);
    await nothingTwiceTwice(person);
  },
  180_000,
);

test("an endpoint that restarted has all its peers back within a minute, and nobody asked for it", async () => {
  const before = await identities();
  expect(before.length).toBeGreaterThan(0);
  await plant.host.kill();
  await plant.host.start();
  const back = async () => expect(await identities()).toEqual(before);
  await eventually(back, 60_000);
}, 120_000);

test("an update that the bot had received when it was killed is not lost", async () => {
  const person = await newPerson();
  await servers.temporal.kill();
  await person.send("/start");
  // The bot has the update in hand and cannot tell anybody: this is the moment between the two.
  await delay(500);
  await plant.bot.kill();
  await servers.temporal.start();
  await plant.bot.start();
  await until(() => person.button(/^captcha:1:/u));
  const asked = (await person.listTexts()).filter((text) => text.includes("Press the"));
  expect(asked.length).toBeLessThanOrEqual(2);
}, 120_000);

test("with Redis away for the whole of it, everything works", async () => {
  await servers.redis.kill();
  const [person, admin] = [await newPerson(), new Person(emulator.url, adminId)];
  await person.send("/start");
  await until(() => person.answerCaptcha());
  await until(() =>
    admin.pressButton(new RegExp(`^decide:signup:${person.id}:\\w+:approve$`, "u")),
  );
  await hasOneKey(person);
  await person.send("/devices");
  await until(() => person.button(/^device-open:/u));
  await servers.redis.start();
}, 120_000);
