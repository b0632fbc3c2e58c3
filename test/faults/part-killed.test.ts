import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { migrate } from "../../db/migrate.ts";
import { openDatabase } from "../../db/orm.ts";
import { startTelegramEmulator, type TelegramEmulator } from "../../emulators/telegram/emulator.ts";
import { freePort } from "../../tools/servers/ports.ts";
import { startPostgres } from "../../tools/servers/postgres.ts";
import { findRedis, startRedis } from "../../tools/servers/redis.ts";
import { findTemporalCli } from "../../tools/servers/temporal-cli.ts";
import { startTemporal } from "../../tools/servers/temporal.ts";
import { eventually } from "../drivers/eventually.ts";
import { createNamespace } from "../drivers/namespace.ts";
import { Person, wordsOf } from "../drivers/person.ts";
import { Killable, Processes } from "../drivers/processes.ts";
import { listServing } from "./rights.ts";

const adminId = 1001;
const timeoutMs = 120_000;
const password = "owner";
const folder = mkdtempSync(join(tmpdir(), "tollgate-parts-"));

/** Servers of its own, so that killing them disturbs no other test. */
const ports = { postgres: 0, temporal: 0, redis: 0 };
const servers = {
  postgres: new Killable(async () => {
    const options = { dataDir: folder, port: ports.postgres, password, endsWithParent: true };
    const server = await startPostgres(options);
    ownerUrl = server.url;
    return server;
  }),
  temporal: new Killable(async () =>
    startTemporal(await findTemporalCli(() => undefined), {
      port: ports.temporal,
      dataDir: join(folder, "temporal"),
      quick: true,
      endsWithParent: true,
    }),
  ),
  redis: new Killable(() =>
    startRedis(findRedis() ?? "redis-server", {
      dataDir: join(folder, "redis"),
      port: ports.redis,
      endsWithParent: true,
    }),
  ),
};

let emulator: TelegramEmulator;
let processes: Processes;
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
  processes = new Processes({
    writerUrl: url("tollgate_writer"),
    readerUrl: url("tollgate_reader"),
    temporalAddress,
    namespace,
    redisUrl: `redis://127.0.0.1:${ports.redis}`,
    emulatorUrl: emulator.url,
    adminId,
  });
  await processes.host.start();
  await Promise.all([processes.worker.start(), processes.bot.start()]);
  const admin = new Person(emulator.url, adminId);
  await admin.send("/start");
  await admin.waitForMessage(/administrator here/u);
});

afterAll(async () => {
  await processes?.stop();
  await emulator?.close();
  await Promise.all(Object.values(servers).map((server) => server.stop()));
  rmSync(folder, { recursive: true, force: true });
});

const retryUntilDone = <Result>(act: () => Promise<Result>) => eventually(act, timeoutMs);

/** The parts that are killed, by name. */
const parts: Record<string, () => Killable> = {
  PostgreSQL: () => servers.postgres,
  Temporal: () => servers.temporal,
  Redis: () => servers.redis,
  "the VPN endpoint": () => processes.host,
  "the bot": () => processes.bot,
  "the worker": () => processes.worker,
};

let lastPerson = 800_000;

const newPerson = (): Person => new Person(emulator.url, (lastPerson += 1));

/**
 * Checks that the person has exactly one key: in the chat (perhaps twice), in the books,
 * and on the host.
 */
async function checkOneKey(person: Person): Promise<void> {
  await retryUntilDone(() => person.waitForMessage(/Your key for/u));
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
    await retryUntilDone(async () => expect(await listIdentities()).toContain(rows[0]?.identity));
  } finally {
    await books.close();
  }
}

/** The peers of the endpoint that it lets in. */
const listIdentities = async () => (await listServing(processes.settings!)).toSorted();

/** A kill may make one message two, but never three. */
async function checkNothingCameThrice(person: Person): Promise<void> {
  const words = (await person.chat()).filter(({ from }) => from?.is_bot).map(wordsOf);
  for (const same of Map.groupBy(words, (text) => text).values()) {
    expect(same.length).toBeLessThanOrEqual(2);
  }
}

test.each(Object.keys(parts))(
  "kill -9 of %s while a person waits for approval, and again while the key is made: still one key",
  async (name) => {
    const part = parts[name]!();
    const person = newPerson();
    const admin = new Person(emulator.url, adminId);
    await person.send("/start");
    await retryUntilDone(() => person.answerCaptcha());
    await part.kill();
    await delay(200);
    await part.start();
    await retryUntilDone(() => person.waitForMessage(/(?:have|looking at) your request/u));
    const button = await retryUntilDone(() =>
      admin.button(new RegExp(`^decide:signup:${person.id}:\\w+:approve$`, "u")),
    );
    const pressed = admin.press(button.messageId, button.data);
    await part.kill();
    await part.start();
    await pressed;
    await checkOneKey(person);
    await checkNothingCameThrice(person);
  },
  180_000,
);

test("an endpoint that restarted has all its peers back within a minute, and nobody asked for it", async () => {
  const before = await listIdentities();
  expect(before.length).toBeGreaterThan(0);
  await processes.host.kill();
  await processes.host.start();
  const back = async () => expect(await listIdentities()).toEqual(before);
  await eventually(back, 60_000);
}, 120_000);

test("an update that the bot had received when it was killed is not lost", async () => {
  const person = newPerson();
  await servers.temporal.kill();
  await person.send("/start");
  // The bot has received the update and cannot start a workflow: this is the moment to kill it.
  await delay(500);
  await processes.bot.kill();
  await servers.temporal.start();
  await processes.bot.start();
  await retryUntilDone(() => person.button(/^captcha:1:/u));
  const questions = (await person.listTexts()).filter((text) => text.includes("Press the"));
  expect(questions.length).toBeLessThanOrEqual(2);
}, 120_000);

test("with Redis away for the whole of it, everything works", async () => {
  await servers.redis.kill();
  const person = newPerson();
  const admin = new Person(emulator.url, adminId);
  await person.send("/start");
  await retryUntilDone(() => person.answerCaptcha());
  await retryUntilDone(() =>
    admin.pressButton(new RegExp(`^decide:signup:${person.id}:\\w+:approve$`, "u")),
  );
  await checkOneKey(person);
  await person.send("/devices");
  await retryUntilDone(() => person.button(/^device-open:/u));
  await servers.redis.start();
}, 120_000);
