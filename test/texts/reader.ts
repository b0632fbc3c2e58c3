import { Telegram } from "telegraf";
import { afterAll, beforeAll, expect } from "vitest";
import type { Buttons } from "../../bot/request.ts";
import { telegramId } from "../../domain/ids.ts";
import type { Message } from "../../emulators/telegram/bot-api.ts";
import { startTelegramEmulator, type TelegramEmulator } from "../../emulators/telegram/emulator.ts";
import { TelegramMessenger } from "../../gateways/messenger/telegram.ts";
import { Person } from "../drivers/person.ts";

/** The reader's Telegram id. */
export const readerId = telegramId(5_001);
/** https://core.telegram.org/bots/api#inlinekeyboardbutton */
const mostBytesOfData = 64;

/** A person who has started the bot, on an emulator that is as strict as Telegram. */
export class Reader {
  readonly #messenger: TelegramMessenger;
  readonly #person: Person;

  constructor(emulatorUrl: string, token: string) {
    this.#messenger = new TelegramMessenger(new Telegram(token, { apiRoot: emulatorUrl }));
    this.#person = new Person(emulatorUrl, readerId);
  }

  async start(): Promise<void> {
    await this.#person.send("/start");
  }

  /** Checks that Telegram takes it: valid HTML, short enough, buttons of an allowed length. */
  async expectAccepted(html: string, keyboard: Buttons = []): Promise<void> {
    for (const button of keyboard.flat()) {
      if ("data" in button) {
        expect(Buffer.byteLength(button.data)).toBeLessThanOrEqual(mostBytesOfData);
      }
    }
    const buttons = keyboard.length > 0 ? { keyboard } : {};
    const { kind } = await this.#messenger.send(readerId, { kind: "text", html, ...buttons });
    expect(kind).toBe("sent");
  }

  /** The newest message, as it is shown. */
  async readNewest(): Promise<Message> {
    return (await this.#person.chat()).at(-1)!;
  }
}

/** A reader for the tests of a file. */
export function useReader(): { readonly it: Reader } {
  const token = "123456:TEST";
  const used = {} as { it: Reader };
  let emulator: TelegramEmulator;
  beforeAll(async () => {
    emulator = await startTelegramEmulator({ port: 0, token });
    used.it = new Reader(emulator.url, token);
    await used.it.start();
  });
  afterAll(() => emulator.close());
  return used;
}
