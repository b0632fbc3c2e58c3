import { randomUUID } from "node:crypto";
import { Telegram } from "telegraf";
import type { Limits } from "../../activities/messaging/rate-limiter.ts";
import { Renderer } from "../../activities/messaging/renderer.ts";
import { Sender } from "../../activities/messaging/sender.ts";
import { enqueue } from "../../db/messaging/messages.ts";
import { inTransaction, queriesOf } from "../../db/orm.ts";
import { Vault } from "../../db/vault.ts";
import { type TelegramId, telegramId } from "../../domain/ids.ts";
import type { OutgoingMessage } from "../../domain/messaging/message.ts";
import type { Language } from "../../domain/people/customer.ts";
import { startTelegramEmulator } from "../../emulators/telegram/emulator.ts";
import type { Messenger } from "../../gateways/messenger/port.ts";
import { TelegramMessenger } from "../../gateways/messenger/telegram.ts";
import type { OpenDatabases } from "./database.ts";
import { Person } from "./person.ts";

const token = "123456:TEST";

/** A vault with a fixed key. */
export const testVault = new Vault([{ id: "k1", key: Buffer.alloc(32, 7) }]);

/** Renders an access as texts that show which one it is. */
export const plainKeys = {
  credentials: async (host: string, { label, address, secrets }: Record<string, string>) => ({
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

/**
 * Starts a Telegram emulator, with senders of this database's messages and people who receive them.
 */
export async function openSending(databases: OpenDatabases) {
  const emulator = await startTelegramEmulator({ port: 0, token });
  const { em } = databases.writer;
  const telegram = new TelegramMessenger(new Telegram(token, { apiRoot: emulator.url }));
  const over: string[] = [];
  const logged: string[] = [];

  const control = async <Answer>(path: string, method = "GET", body?: object): Promise<Answer> => {
    const response = await fetch(`${emulator.url}/control/${path}`, {
      method,
      headers: { "content-type": "application/json" },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    return (await response.json()) as Answer;
  };

  /** Starts a sender as in a process of its own; `messenger` is between it and Telegram. */
  const begin = (messenger: Messenger = telegram, limits?: Limits) => {
    const renderer = new Renderer({ em, vault: testVault, keys: plainKeys, now: () => new Date() });
    const database = { em, url: databases.writerUrl };
    const observer = { over: (state: string) => void over.push(state) };
    const sender = new Sender({
      database,
      messenger,
      renderer,
      observer,
      ...(limits ? { limits } : {}),
    });
    const end = new AbortController();
    const log = {
      warn: (text: string) => void logged.push(text),
      error: (text: string, facts: object) => void logged.push(`${text} ${JSON.stringify(facts)}`),
    };
    let beats = 0;
    const heartbeat = () => void (beats += 1);
    const ended = sender.run({ signal: end.signal, heartbeat, log });
    ended.catch(() => undefined);
    return {
      ended,
      beats: () => beats,
      end: async () => {
        end.abort();
        await ended.catch(() => undefined);
      },
    };
  };

  return {
    emulator,
    telegram,
    over,
    logged,
    begin,
    fault: (rule: object) => control("faults", "POST", rule),
    clearFaults: () => control("faults", "DELETE"),
    calls: () => control<CallMade[]>("calls"),
    /** Adds a person to the database and to Telegram. */
    async meet(facts: { language?: Language; role?: string; status?: string } = {}) {
      const { language = "en", role = "customer", status = "active" } = facts;
      const id = telegramId((lastPerson += 1));
      const person = new Person(emulator.url, id);
      await person.send("/start");
      await databases.owner.em.fork().execute(
        `insert into customers (id, telegram_id, first_name, language, role, status, last_activity_at)
         values (?, ?, ?, ?, ?, ?, now())`,
        [randomUUID(), id, `Person ${id}`, language, role, status],
      );
      return Object.assign(person, { id });
    },
    write: (...messages: OutgoingMessage[]) => inTransaction(em, (db) => enqueue(db, messages)),
    async rows(to: TelegramId): Promise<Row[]> {
      const rows = await queriesOf(em)
        .selectFrom("messages")
        .select(["key", "state", "reason", "messageId", "tries"])
        .where("telegramId", "=", to)
        .orderBy("id")
        .execute();
      return rows;
    },
    async states(to: TelegramId): Promise<string[]> {
      return (await this.rows(to)).map(({ state }) => state);
    },
    close: () => emulator.close(),
  };
}

/** What `openSending` returns. */
export type Sending = Awaited<ReturnType<typeof openSending>>;

let lastKey = 0;

/** A message that contains this word and needs nothing from the database. */
export const saying = (
  to: TelegramId,
  word: string,
  more: Partial<OutgoingMessage> = {},
): OutgoingMessage => ({
  key: `test/${(lastKey += 1)}`,
  to,
  content: { kind: "notice", notice: { kind: "deviceRenamed", name: word } },
  ...more,
});

/** The words of `saying` in a person's messages, in order. */
export const saidIn = (texts: readonly string[]): string[] =>
  texts.flatMap((text) => /\u2068(.+)\u2069/u.exec(text)?.[1] ?? []);
