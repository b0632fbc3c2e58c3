import { randomUUID } from "node:crypto";
import { Telegram } from "telegraf";
import { afterAll, afterEach, beforeAll, expect } from "vitest";
import type { Limits } from "../../activities/messaging/rate-limiter.ts";
import { Renderer } from "../../activities/messaging/renderer.ts";
import { ShopSettingsReader } from "../../db/queries/operations/shop-settings.ts";
import { Sender } from "../../activities/messaging/sender.ts";
import { enqueue } from "../../db/messaging/messages.ts";
import { inTransaction, queriesOf } from "../../db/orm.ts";
import { Vault } from "../../db/vault.ts";
import { type TelegramId, telegramId } from "../../domain/ids.ts";
import type { OutgoingMessage } from "../../domain/messaging/message.ts";
import type { Language } from "../../domain/people/customer.ts";
import { startTelegramEmulator, type TelegramEmulator } from "../../emulators/telegram/emulator.ts";
import type { Messenger } from "../../gateways/messenger/port.ts";
import { TelegramMessenger } from "../../gateways/messenger/telegram.ts";
import type { OpenDatabases } from "./database.ts";
import { eventually } from "./eventually.ts";
import { Person } from "./person.ts";

const token = "123456:TEST";

/** A vault with a fixed key. */
export const testVault = new Vault([{ id: "k1", key: Buffer.alloc(32, 7) }]);

/** Renders an access as texts that show which one it is. */
export const plainKeys = {
  makeCredentials: async (host: string, { label, address, secrets }: Record<string, string>) => ({
    fileName: `${label}.conf`,
    conf: `${host} ${address} ${secrets}`,
    qrText: `qr ${secrets}`,
    importLink: `vpn://${secrets}`,
  }),
} as unknown as ConstructorParameters<typeof Renderer>[0]["keys"];

/** A row of `messages`. */
export interface Row {
  readonly key: string;
  readonly state: string;
  readonly reason: string | null;
  readonly messageId: number | null;
  readonly tries: number;
}

interface CallMade {
  readonly method: string;
  readonly chat_id?: number;
  readonly time: number;
  readonly ok: boolean;
}

let lastPerson = 7_000;

/** A sender that runs, as in a process of its own. */
export interface RunningSender {
  /** Rejects when the sender fails. */
  readonly ended: Promise<void>;
  readonly beats: () => number;
  end(): Promise<void>;
}

/** A Telegram emulator, senders of this database's messages, and people who receive them. */
class Sending {
  /** The states of messages that the senders reported as over. */
  readonly over: string[] = [];
  readonly logged: string[] = [];
  readonly #databases: OpenDatabases;
  readonly #running = new Set<RunningSender>();
  #opened:
    | { readonly emulator: TelegramEmulator; readonly telegram: TelegramMessenger }
    | undefined;

  constructor(databases: OpenDatabases) {
    this.#databases = databases;
  }

  /** Starts the emulator. */
  async open(): Promise<void> {
    const emulator = await startTelegramEmulator({ port: 0, token });
    const telegram = new TelegramMessenger(new Telegram(token, { apiRoot: emulator.url }));
    this.#opened = { emulator, telegram };
  }

  /** The emulator's URL. */
  get url(): string {
    return this.#requireOpened().emulator.url;
  }

  /** Sends to the emulator. */
  get telegram(): TelegramMessenger {
    return this.#requireOpened().telegram;
  }

  /** Starts a sender; `messenger` is between it and Telegram. */
  begin(messenger: Messenger = this.telegram, limits?: Limits): RunningSender {
    const { writer, writerUrl } = this.#databases;
    const { em } = writer;
    const sender = new Sender({
      database: { em, url: writerUrl },
      messenger,
      renderer: new Renderer({
        em,
        vault: testVault,
        keys: plainKeys,
        shop: new ShopSettingsReader(em),
        now: () => new Date(),
      }),
      observer: { onFinished: (state: string) => void this.over.push(state) },
      ...(limits ? { limits } : {}),
    });
    const log = {
      warn: (text: string) => void this.logged.push(text),
      error: (text: string, facts: object) =>
        void this.logged.push(`${text} ${JSON.stringify(facts)}`),
    };
    const end = new AbortController();
    let beats = 0;
    const ended = sender.run({ signal: end.signal, heartbeat: () => void (beats += 1), log });
    ended.catch(() => undefined);
    const running = {
      ended,
      beats: () => beats,
      end: async () => {
        this.#running.delete(running);
        end.abort();
        await ended.catch(() => undefined);
      },
    };
    this.#running.add(running);
    return running;
  }

  /** Ends all senders. */
  async endSenders(): Promise<void> {
    await Promise.all([...this.#running].map((sender) => sender.end()));
  }

  /** Has Telegram do something wrong; the rule is one of its emulator's. */
  fault(rule: object): Promise<unknown> {
    return this.#control("faults", "POST", rule);
  }

  /** Has Telegram work again. */
  clearFaults(): Promise<unknown> {
    return this.#control("faults", "DELETE");
  }

  /** The calls that Telegram answered. */
  calls(): Promise<CallMade[]> {
    return this.#control("calls");
  }

  /** Adds a person to the database and to Telegram. */
  async meet(facts: { language?: Language; role?: string; status?: string } = {}) {
    const { language = "en", role = "customer", status = "active" } = facts;
    const id = telegramId((lastPerson += 1));
    const person = new Person(this.url, id);
    await person.send("/start");
    await this.#databases.owner.em.fork().execute(
      `insert into customers (id, telegram_id, first_name, language, role, status, last_activity_at)
       values (?, ?, ?, ?, ?, ?, now())`,
      [randomUUID(), id, `Person ${id}`, language, role, status],
    );
    return Object.assign(person, { id });
  }

  /** Writes messages as an activity does. */
  async write(...messages: OutgoingMessage[]): Promise<void> {
    await inTransaction(this.#databases.writer.em, (db) => enqueue(db, messages));
  }

  /** A person's messages, in the order of their writing. */
  rows(to: TelegramId): Promise<Row[]> {
    return queriesOf(this.#databases.writer.em)
      .selectFrom("messages")
      .select(["key", "state", "reason", "messageId", "tries"])
      .where("telegramId", "=", to)
      .orderBy("id")
      .execute();
  }

  /** The states of a person's messages, in the order of their writing. */
  async states(to: TelegramId): Promise<string[]> {
    return (await this.rows(to)).map(({ state }) => state);
  }

  /** Waits until none of a person's messages waits. */
  waitUntilSent(to: TelegramId): Promise<void> {
    return eventually(async () => expect(await this.states(to)).not.toContain("waiting"));
  }

  /** Ends the emulator. */
  async close(): Promise<void> {
    await this.#opened?.emulator.close();
  }

  #requireOpened() {
    if (this.#opened === undefined) throw new Error("the emulator has not been started");
    return this.#opened;
  }

  async #control<Answer>(path: string, method = "GET", body?: object): Promise<Answer> {
    const response = await fetch(`${this.url}/control/${path}`, {
      method,
      headers: { "content-type": "application/json" },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    return (await response.json()) as Answer;
  }
}

/**
 * Sends the messages of a file's database: the emulator runs for the whole file, a test's senders
 * and faults end with the test.
 */
export function useSending(databases: OpenDatabases): Sending {
  const sending = new Sending(databases);
  beforeAll(() => sending.open());
  afterEach(async () => {
    await sending.endSenders();
    await sending.clearFaults();
  });
  afterAll(() => sending.close());
  return sending;
}

let lastKey = 0;

/** A message that contains this word and needs nothing from the database. */
export const messageWith = (
  to: TelegramId,
  word: string,
  more: Partial<OutgoingMessage> = {},
): OutgoingMessage => ({
  key: `test/${(lastKey += 1)}`,
  to,
  content: { kind: "notice", notice: { kind: "deviceRenamed", name: word } },
  ...more,
});

/** The words of `messageWith` in a person's messages, in order. */
export const readWords = (texts: readonly string[]): string[] =>
  texts.flatMap((text) => /\u2068(.+)\u2069/u.exec(text)?.[1] ?? []);
