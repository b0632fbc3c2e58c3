import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "vitest";
import { DurableClient } from "../../client/durable.ts";
import { changeHost } from "../../client/hosts.ts";
import { type Database, openDatabase } from "../../db/orm.ts";
import { AuditQueries } from "../../db/queries/operations/audit.ts";
import type { HostChange, HostChangeResult } from "../../domain/access/host-change.ts";
import { type HostId, hostId } from "../../domain/ids.ts";
import { operator } from "../../domain/operations/shop-change.ts";
import type { Message } from "../../emulators/telegram/bot-api.ts";
import { startTelegramEmulator } from "../../emulators/telegram/emulator.ts";
import { createDatabase } from "../drivers/database.ts";
import { eventually } from "../drivers/eventually.ts";
import { type Death, fileNameOf, nameRenewal } from "../drivers/fragile-worker.ts";
import { createNamespace, type TestNamespace } from "../drivers/namespace.ts";
import { Person, wordsOf } from "../drivers/person.ts";
import { hostName, Processes } from "../drivers/processes.ts";
import { planFor } from "../drivers/shop.ts";
import { advance } from "../drivers/time-skipping.ts";
import { describeTroubles, readWorkflowState } from "../drivers/workflow-state.ts";
import { findDifferencesOnHost } from "./rights.ts";

/** The admin's Telegram id. */
export const adminId = 1001;
const longestMs = 900_000;
const onItsWayMs = 2_000;

/** Retries for 15 minutes: the worker, or the bot that depends on it, comes back. */
export const retryUntilDone = <Result>(act: () => Promise<Result>): Promise<Result> =>
  eventually(act, longestMs);

/** The plan that can be bought. */
const { names, descriptions } = planFor("month", {});
const prices = { USDT: "3.5", GRAM: "2", RUB: "300" };
const month = { code: "month", names, descriptions, days: 30, devices: 3, prices };

/** Two deaths at a step: as it begins, and when it has ended but Temporal does not know yet. */
export const bothDeathsOf = (person: Death["person"], activity: string): Death[] => [
  { person, activity, when: "started" },
  { person, activity, when: "ended" },
];

/** A person presses Start and gets access, on a product that approves everybody. */
export async function signUp(person: Person): Promise<void> {
  await person.send("/start");
  await retryUntilDone(() => person.answerCaptcha());
  await retryUntilDone(() => person.waitForMessage(/Your key for/u));
}

type OpenedProduct = Pick<
  FragileProduct,
  "deaths" | "temporal" | "books" | "processes" | "telegramUrl"
>;

/** The product, with a worker that dies at chosen steps and is started again each time. */
export class FragileProduct {
  readonly deaths: readonly Death[];
  readonly temporal: TestNamespace;
  /** Opened as the owner of all tables. */
  readonly books: Database;
  readonly processes: Processes;
  readonly telegramUrl: string;
  readonly #folder: string;
  readonly #cleanup: AsyncDisposableStack;

  /**
   * Starts the product; its worker dies these deaths, each once. `env` is added to the worker's.
   */
  static async open(
    deaths: readonly Death[],
    env: Readonly<Record<string, string>> = {},
  ): Promise<FragileProduct> {
    const cleanup = new AsyncDisposableStack();
    const folder = mkdtempSync(join(tmpdir(), "tollgate-deaths-"));
    cleanup.defer(() => rmSync(folder, { recursive: true, force: true }));
    writeFileSync(join(folder, "deaths.json"), JSON.stringify(deaths));
    writeFileSync(join(folder, "plans.json"), JSON.stringify([month]));
    const [urls, temporal, telegram] = await Promise.all([
      createDatabase(),
      createNamespace(),
      startTelegramEmulator({ port: 0, token: "123456:TEST" }),
    ]);
    cleanup.defer(() => telegram.close());
    cleanup.defer(() => temporal.connection.close());
    const books = cleanup.adopt(await openDatabase(urls.ownerUrl, 4), (it) => it.close());
    const environment = {
      ...urls,
      temporalAddress: temporal.address,
      namespace: temporal.namespace,
      emulatorUrl: telegram.url,
      adminId,
    };
    const workerEnv = { DEATHS: folder, PLANS_FILE: join(folder, "plans.json"), ...env };
    const processes = cleanup.adopt(
      new Processes(environment, "test/drivers/fragile-worker.ts", workerEnv),
      (it) => it.stop(),
    );
    await processes.host.start();
    await Promise.all([processes.worker.keepAlive(), processes.bot.start()]);
    const opened = { deaths, temporal, books, processes, telegramUrl: telegram.url };
    return new FragileProduct(opened, folder, cleanup);
  }

  private constructor(opened: OpenedProduct, folder: string, cleanup: AsyncDisposableStack) {
    this.deaths = opened.deaths;
    this.temporal = opened.temporal;
    this.books = opened.books;
    this.processes = opened.processes;
    this.telegramUrl = opened.telegramUrl;
    this.#folder = folder;
    this.#cleanup = cleanup;
  }

  /** Stops everything, in the reverse order of its start. */
  async close(): Promise<void> {
    await this.#cleanup.disposeAsync();
  }

  /** The person with this Telegram id. */
  person(id: number): Person {
    return new Person(this.telegramUrl, id);
  }

  /** Rows of a query, with the columns' own names. */
  async rows<Row>(query: string, values: unknown[] = []): Promise<Row[]> {
    return await this.books.em.fork().execute<Row[]>(query, values);
  }

  /** Changes a host as an operator does; a repeat of the same request is the same change. */
  changeHost(change: HostChange, requestId: string): Promise<HostChangeResult> {
    const client = new DurableClient(this.temporal.client);
    return retryUntilDone(() => changeHost(client, { requestId, by: operator, change }));
  }

  /** The id of the product's first host. */
  async findFirstHost(): Promise<HostId> {
    const [row] = await this.rows<{ id: string }>("select id from hosts where name = ?", [
      hostName,
    ]);
    return hostId(row!.id);
  }

  /** What the running workflows that name a person are at: explains why a scenario is stuck. */
  async describeWorkflows(person: number): Promise<string> {
    const { workflow } = this.temporal.client;
    const lines: string[] = [];
    for await (const { workflowId } of workflow.list({ query: "ExecutionStatus = 'Running'" })) {
      if (!workflowId.includes(String(person))) continue;
      const handle = workflow.getHandle(workflowId);
      const state = JSON.stringify(await readWorkflowState(handle));
      lines.push(`${workflowId}: ${state}; ${await describeTroubles(handle)}`);
    }
    return lines.join("\n");
  }

  /** Waits until a workflow has completed. */
  waitForEnd(workflowId: string): Promise<void> {
    return retryUntilDone(async () => {
      const { status } = await this.temporal.client.workflow.getHandle(workflowId).describe();
      if (status.name !== "COMPLETED") throw new Error(`${workflowId} is ${status.name}`);
    });
  }

  /**
   * Skips time for a workflow unless it has ended:
   * a death may hide that an earlier attempt has done so.
   */
  pass(workflowId: string, ms: number): Promise<void> {
    const { client, connection, namespace } = this.temporal;
    return retryUntilDone(async () => {
      const { status } = await client.workflow.getHandle(workflowId).describe();
      if (status.name === "RUNNING") await advance(connection, namespace, { workflowId, ms });
    });
  }

  /** Lets the deaths at a person's renewal happen: this is the order that their calendar opens. */
  nameRenewal({ id: person }: Person, id: string): void {
    nameRenewal(this.#folder, person, id);
  }

  /** Whether the worker has died this death. */
  hasDied(death: Death): boolean {
    return existsSync(join(this.#folder, fileNameOf(death)));
  }

  /** @throws Error when a planned death has not happened. */
  checkAllDeathsHappened(): void {
    expect(this.deaths.filter((death) => !this.hasDied(death)).map(fileNameOf)).toEqual([]);
  }

  /**
   * Waits until the books agree, the host serves exactly those who have the right, and every
   * message is sent.
   */
  async checkEverythingAgrees(): Promise<void> {
    await retryUntilDone(async () =>
      expect(await new AuditQueries(this.books.em).findDisagreements()).toEqual([]),
    );
    await retryUntilDone(async () =>
      expect(await findDifferencesOnHost(this.books.em, this.processes.settings)).toEqual([]),
    );
    await retryUntilDone(async () => expect(await this.#listUnsent()).toEqual([]));
  }

  #listUnsent(): Promise<object[]> {
    return this.rows(
      `select key, state, reason from messages where state not in ('sent', 'superseded')`,
    );
  }

  /** Checks that no message came twice, except where a kill interrupted its sending. */
  async checkSentOnce(person: Person): Promise<void> {
    const fromBot = (await person.chat()).filter(({ from }) => from?.is_bot);
    const contents = await Promise.all(
      fromBot.map(async (message) => ({ message, text: await contentOf(person, message) })),
    );
    const killTimesMs = this.#killTimesMs();
    const rows = await this.#sentMessageIds(person);
    const repeated = [...Map.groupBy(contents, ({ text }) => text).values()].flatMap((same) =>
      same.slice(1).filter(({ message }, index) => {
        const before = same[index]!.message;
        // Two messages with the same words.
        if (rows.has(before.message_id) && rows.has(message.message_id)) return false;
        // Telegram's dates are whole seconds, and it may accept a message a moment after the kill.
        const fromMs = before.date * 1_000 - onItsWayMs;
        const untilMs = (message.date + 1) * 1_000;
        return !killTimesMs.some((ms) => fromMs <= ms && ms < untilMs);
      }),
    );
    expect(repeated.map(({ text }) => text)).toEqual([]);
  }

  /** The ids of messages that the database has as sent. */
  async #sentMessageIds({ id }: Person): Promise<ReadonlySet<number>> {
    const query = "select message_id from messages where telegram_id = ? and action <> 'edit'";
    const rows = await this.rows<{ message_id: number | null }>(query, [id]);
    return new Set(rows.flatMap(({ message_id }) => message_id ?? []));
  }

  #killTimesMs(): number[] {
    const marks = new Set(this.deaths.map(fileNameOf));
    const died = readdirSync(this.#folder).filter((name) => marks.has(name));
    return died.map((name) => statSync(join(this.#folder, name)).mtimeMs);
  }
}

/** A message's content: its words, and its file or picture. */
async function contentOf(person: Person, message: Message): Promise<string> {
  const file = message.document ?? message.photo?.at(-1);
  const bytes = file && (await person.downloadBytes(file.file_id)).toString("base64");
  return `${wordsOf(message)} ${bytes ?? ""}`;
}
