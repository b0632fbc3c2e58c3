import { setTimeout as delay } from "node:timers/promises";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { type ChatId, type TelegramId, telegramId } from "../../../domain/ids.ts";
import type { OutgoingMessage } from "../../../domain/messaging/message.ts";
import { MemoryMessenger } from "../../../gateways/messenger/memory.ts";
import type {
  Caption,
  Delivery,
  Message,
  Messenger,
  TextMessage,
} from "../../../gateways/messenger/port.ts";
import { SlowDown } from "../../../gateways/refused.ts";
import { useDatabase } from "../../drivers/database.ts";
import { messageWith, readWords, useSending } from "../../drivers/sending.ts";

const databases = useDatabase();
const sending = useSending(databases);

const limits = { perSecond: 1_000, chatBurst: 1_000, chatRefillMs: 1 };
const chatsOfHistory = 8;

type Act =
  | { readonly kind: "plain" | "slot" | "edit"; readonly chat: number; readonly slot: number }
  | { readonly kind: "fault"; readonly chat: number; readonly fault: Fault }
  | { readonly kind: "pause"; readonly ms: number }
  | { readonly kind: "kill" };
type Fault = "slowDown" | "outage" | "silence";

const chat = fc.nat(chatsOfHistory - 1);
const slot = fc.nat(1);
const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant("plain"), chat, slot }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("slot"), chat, slot }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("edit"), chat, slot }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("fault"),
      chat,
      fault: fc.constantFrom<Fault>("slowDown", "outage", "silence"),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("pause"), ms: fc.nat(30) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("kill") }) },
) as fc.Arbitrary<Act>;

/** Telegram with faults, and with a sending process that can die. */
class Line implements Messenger {
  readonly telegram: MemoryMessenger;
  readonly #faults: Map<ChatId, Fault>;
  #isDead = false;

  constructor(telegram: MemoryMessenger, faults: Map<ChatId, Fault>) {
    this.telegram = telegram;
    this.#faults = faults;
  }

  /** From now on no answer reaches the process. */
  kill(): void {
    this.#isDead = true;
  }

  send(to: ChatId, message: Message) {
    return this.#call(to, () => this.telegram.send(to, message));
  }

  edit(to: ChatId, id: number, message: TextMessage) {
    return this.#call(to, () => this.telegram.edit(to, id, message));
  }

  editCaption(to: ChatId, id: number, caption: Caption) {
    return this.#call(to, () => this.telegram.editCaption(to, id, caption));
  }

  remove(to: ChatId, id: number) {
    return this.#call(to, () => this.telegram.remove(to, id));
  }

  async #call(to: ChatId, call: () => Promise<Delivery>): Promise<Delivery> {
    await delay(1);
    if (this.#isDead) return new Promise(() => undefined);
    const fault = this.#faults.get(to);
    this.#faults.delete(to);
    if (fault === "slowDown") throw new SlowDown("slow down", 20);
    if (fault === "outage") throw new Error("502");
    const delivery = await call();
    if (fault === "silence") throw new Error("no answer");
    await delay(2);
    return this.#isDead ? new Promise(() => undefined) : delivery;
  }
}

let lastChat = 500_000;

class ChatHistory {
  readonly ids = Array.from({ length: chatsOfHistory }, () => telegramId((lastChat += 1)));
  readonly written = new Map<TelegramId, OutgoingMessage[]>(this.ids.map((id) => [id, []]));
  /** How often Telegram may have accepted a message that was not recorded. */
  readonly repeats = new Map<TelegramId, number>(this.ids.map((id) => [id, 0]));
  readonly telegram = new MemoryMessenger();
  readonly #faults = new Map<ChatId, Fault>();
  #words = 0;
  #line = new Line(this.telegram, this.#faults);
  #loop = sending.begin(this.#line, limits);

  async act(act: Act): Promise<void> {
    switch (act.kind) {
      case "plain":
      case "slot":
      case "edit": {
        const to = this.ids[act.chat]!;
        const more = act.kind === "plain" ? {} : { slot: `slot/${act.slot}` };
        const action = act.kind === "edit" ? { action: "edit" as const } : {};
        const message = messageWith(to, `w${(this.#words += 1)}`, { ...more, ...action });
        this.written.get(to)!.push(message);
        return sending.write(message);
      }
      case "fault": {
        const to = this.ids[act.chat]!;
        this.#faults.set(to, act.fault);
        if (act.fault === "silence") this.#mayRepeat(to);
        return undefined;
      }
      case "pause":
        return delay(act.ms);
      case "kill":
        return this.#kill();
    }
  }

  #mayRepeat(to: TelegramId): void {
    this.repeats.set(to, this.repeats.get(to)! + 1);
  }

  /** Undoes what the process writes at its end: a killed process writes nothing. */
  async #kill(): Promise<void> {
    this.#line.kill();
    for (const id of this.ids) this.#mayRepeat(id);
    await this.#loop.end();
    await databases.owner.em
      .fork()
      .execute("update messages set next_try_at = now() where state = 'waiting'");
    this.#line = new Line(this.telegram, this.#faults);
    this.#loop = sending.begin(this.#line, limits);
  }

  async rest(): Promise<void> {
    for (const id of this.ids) {
      await sending.waitUntilSent(id);
    }
    await this.#loop.end();
  }
}

const wordOf = ({ content }: OutgoingMessage): string =>
  (content as { notice: { name: string } }).notice.name;

const shown = (message: Message): string => (message.kind === "text" ? message.html : "");

async function check(chats: ChatHistory, to: TelegramId): Promise<void> {
  const written = chats.written.get(to)!;
  const chat = chats.telegram.chat(to);
  const rows = await sending.rows(to);
  expect(rows.filter(({ state }) => state === "refused")).toEqual([]);
  // Each message is there, in order; duplicates are there because an answer was lost.
  const sends = written.filter(({ action }) => action !== "edit");
  const noted = rows.filter((row) => row.messageId !== null);
  expect(noted.map(({ key }) => key)).toEqual(sends.map(({ key }) => key));
  const ids = noted.map(({ messageId }) => messageId!);
  expect(ids).toEqual(ids.toSorted((a, b) => a - b));
  expect(chat.length - sends.length).toBeLessThanOrEqual(chats.repeats.get(to)!);
  // Each recorded copy shows the newest content that was written for its slot after it.
  for (const [place, message] of sends.entries()) {
    const later = written.slice(written.indexOf(message) + 1);
    const change = later.findLast(
      ({ slot, action }) => action === "edit" && slot !== undefined && slot === message.slot,
    );
    const copy = chat.find(({ messageId }) => messageId === ids[place]);
    expect(readWords([shown(copy!.message)])).toEqual([wordOf(change ?? message)]);
  }
}

test(
  "whatever fails and whoever is killed: every chat has its messages, in order, once or as often as an answer was lost",
  () =>
    fc.assert(
      fc.asyncProperty(fc.array(act, { minLength: 40, maxLength: 120 }), async (history) => {
        const chats = new ChatHistory();
        for (const one of history) await chats.act(one);
        await chats.rest();
        for (const id of chats.ids) await check(chats, id);
      }),
      { numRuns: Number(process.env["HISTORIES"] ?? 6), endOnFailure: true },
    ),
  300_000,
);
