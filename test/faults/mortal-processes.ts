import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "vitest";
import { type Database, openDatabase } from "../../db/orm.ts";
import { AuditQueries } from "../../db/queries/operations/audit.ts";
import type { Message } from "../../emulators/telegram/bot-api.ts";
import { startTelegramEmulator } from "../../emulators/telegram/emulator.ts";
import { createDatabase } from "../drivers/database.ts";
import { eventually } from "../drivers/eventually.ts";
import { type Death, markOf } from "../drivers/fragile-worker.ts";
import { createNamespace, type TestNamespace } from "../drivers/namespace.ts";
import { Person, wordsOf } from "../drivers/person.ts";
import { Processes } from "../drivers/processes.ts";
import { planFor } from "../drivers/shop.ts";
import { advance } from "../drivers/time-skipping.ts";
import { standingOf, troublesOf } from "../drivers/workflow-state.ts";
import { differencesOnHost } from "./rights.ts";

export const adminId = 1001;
const longestMs = 900_000;
const onItsWayMs = 2_000;

/** Again and again until the worker, or the bot behind it, is there. */
export const until = <Result>(act: () => Promise<Result>): Promise<Result> =>
  eventually(act, longestMs);

/** What is for sale. */
const { names, descriptions } = planFor("month", {});
const prices = { USDT: "3.5", GRAM: "2" };
const month = { code: "month", names, descriptions, days: 30, devices: 3, prices };

/** Twice each: as a step begins, and when it has ended and nobody knows yet. */
export const bothDeathsOf = (person: Death["person"], activity: string): Death[] => [
  { person, activity, when: "started" },
  { person, activity, when: "ended" },
];

/** The product, with a worker that dies at these steps and is started again each time. */
export class MortalProcesses {
  readonly deaths: readonly Death[];
  readonly temporal: TestNamespace;
  readonly books: Database;
  readonly plant: Processes;
  readonly telegramUrl: string;
  readonly #folder: string;
  readonly #closeTelegram: () => Promise<unknown>;

  static async open(
    deaths: readonly Death[],
    env: Readonly<Record<string, string>> = {},
  ): Promise<MortalProcesses> {
    const folder = mkdtempSync(join(tmpdir(), "tollgate-deaths-"));
    writeFileSync(join(folder, "deaths.json"), JSON.stringify(deaths));
    writeFileSync(join(folder, "plans.json"), JSON.stringify([month]));
    const [urls, temporal, telegram] = await Promise.all([
      createDatabase(),
      createNamespace(),
      startTelegramEmulator({ port: 0, token: "123456:TEST" }),
    ]);
    const books = await openDatabase(urls.ownerUrl, 4);
    const plant = new Processes(
      {
        ...urls,
        temporalAddress: temporal.address,
        namespace: temporal.namespace,
        emulatorUrl: telegram.url,
        adminId,
      },
      "test/drivers/fragile-worker.ts",
      { DEATHS: folder, PLANS_FILE: join(folder, "plans.json"), ...env },
    );
    const opened = { deaths, temporal, books, plant, telegramUrl: telegram.url, folder };
    const fragile = new MortalProcesses(opened, () => telegram.close());
    await plant.host.start();
    await Promise.all([plant.worker.keepAlive(), plant.bot.start()]);
    return fragile;
  }

  private constructor(
    opened: Pick<MortalProcesses, "deaths" | "temporal" | "books" | "plant" | "telegramUrl"> & {
      readonly folder: string;
    },
    closeTelegram: () => Promise<unknown>,
  ) {
    this.deaths = opened.deaths;
    this.temporal = opened.temporal;
    this.books = opened.books;
    this.plant = opened.plant;
    this.telegramUrl = opened.telegramUrl;
    this.#folder = opened.folder;
    this.#closeTelegram = closeTelegram;
  }

  async close(): Promise<void> {
    await this.plant.stop();
    await Promise.all([
      this.books.close(),
      this.temporal.connection.close(),
      this.#closeTelegram(),
    ]);
    rmSync(this.#folder, { recursive: true, force: true });
  }

  person(id: number): Person {
    return new Person(this.telegramUrl, id);
  }

  async rows<Row>(query: string, values: unknown[] = []): Promise<Row[]> {
    return await this.books.em.fork().execute<Row[]>(query, values);
  }

  /** What the workflows that name a person are at, for whoever finds their story stuck. */
  async standings(person: number): Promise<string> {
    const { workflow } = this.temporal.client;
    const told: string[] = [];
    for await (const { workflowId } of workflow.list({ query: "ExecutionStatus = 'Running'" })) {
      if (!workflowId.includes(String(person))) continue;
      const handle = workflow.getHandle(workflowId);
      const standing = JSON.stringify(await standingOf(handle));
      told.push(`${workflowId}: ${standing}; ${await troublesOf(handle)}`);
    }
    return told.join("\n");
  }

  waitForEnd(workflowId: string): Promise<void> {
    return until(async () => {
      const { status } = await this.temporal.client.workflow.getHandle(workflowId).describe();
      if (status.name !== "COMPLETED") throw new Error(`${workflowId} is ${status.name}`);
    });
  }

  /** Time passes for a workflow, or it has ended: a death hides that an earlier try has moved it on. */
  pass(workflowId: string, ms: number): Promise<void> {
    const { client, connection, namespace } = this.temporal;
    return until(async () => {
      const { status } = await client.workflow.getHandle(workflowId).describe();
      if (status.name === "RUNNING") await advance(connection, namespace, { workflowId, ms });
    });
  }

  hasDied(death: Death): boolean {
    return existsSync(join(this.#folder, markOf(death)));
  }

  /** Fails where a death that was planned has not come. */
  checkAllHaveDied(): void {
    expect(this.deaths.filter((death) => !this.hasDied(death)).map(markOf)).toEqual([]);
  }

  /** Nothing in the books that does not agree, nobody on the host but who has the right, no message that waits. */
  async checkTheWhole(): Promise<void> {
    await until(async () =>
      expect(await new AuditQueries(this.books.em).disagreements()).toEqual([]),
    );
    await until(async () =>
      expect(await differencesOnHost(this.books.em, this.plant.settings)).toEqual([]),
    );
    await until(async () => expect(await this.#unsent()).toEqual([]));
  }

  #unsent(): Promise<object[]> {
    return this.rows(
      `select key, state, reason from messages where state not in ('sent', 'superseded')`,
    );
  }

  /** A message whose sending a kill interrupted is sent again; nothing else is said twice. */
  async checkSentOnce(person: Person): Promise<void> {
    const fromBot = (await person.chat()).filter(({ from }) => from?.is_bot);
    const told = await Promise.all(
      fromBot.map(async (message) => ({ message, text: await contentOf(person, message) })),
    );
    const killedAtMs = this.#killedAtMs();
    const rows = await this.#sentTo(person);
    const again = [...Map.groupBy(told, ({ text }) => text).values()].flatMap((same) =>
      same.slice(1).filter(({ message }, index) => {
        const before = same[index]!.message;
        // Two things that are said in the same words.
        if (rows.has(before.message_id) && rows.has(message.message_id)) return false;
        // Telegram's dates are whole seconds; what was on its way at the death it may take a moment later.
        const fromMs = before.date * 1_000 - onItsWayMs;
        const untilMs = (message.date + 1) * 1_000;
        return !killedAtMs.some((ms) => fromMs <= ms && ms < untilMs);
      }),
    );
    expect(again.map(({ text }) => text)).toEqual([]);
  }

  /** The numbers of what was sent, as the books have them. */
  async #sentTo({ id }: Person): Promise<ReadonlySet<number>> {
    const query = "select message_id from messages where telegram_id = ? and action = 'send'";
    const rows = await this.rows<{ message_id: string }>(query, [id]);
    return new Set(rows.map(({ message_id }) => Number(message_id)));
  }

  #killedAtMs(): number[] {
    const marks = new Set(this.deaths.map(markOf));
    const died = readdirSync(this.#folder).filter((name) => marks.has(name));
    return died.map((name) => statSync(join(this.#folder, name)).mtimeMs);
  }
}

/** What a message is, whoever's it is: its words, and the file or the picture that it brings. */
async function contentOf(person: Person, message: Message): Promise<string> {
  const file = message.document ?? message.photo?.at(-1);
  const bytes = file && (await person.downloadBytes(file.file_id)).toString("base64");
  return `${wordsOf(message)} ${bytes ?? ""}`;
}
