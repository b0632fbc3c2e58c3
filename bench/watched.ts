import type { Message } from "../emulators/telegram/bot-api.ts";
import { Person } from "../test/drivers/person.ts";

const deadlineMs = 120_000;

/** Somebody whose chat is looked at all the time, so that it is known when the bot says something. */
export class Watched extends Person {
  readonly #eventsUrl: string;
  readonly #stop = new AbortController();
  #heard: (message: Message, atMs: number) => void = () => undefined;

  /** Resolves when the chat is open: what is said in it from now on is seen. */
  static async open(emulatorUrl: string, id: number): Promise<Watched> {
    const person = new Watched(emulatorUrl, id);
    await person.#watch();
    return person;
  }

  private constructor(emulatorUrl: string, id: number) {
    super(emulatorUrl, id);
    this.#eventsUrl = `${emulatorUrl}/person/${id}/chat/events`;
  }

  async #watch(): Promise<void> {
    const response = await fetch(this.#eventsUrl, { signal: this.#stop.signal });
    void this.#read(response.body!).catch(() => undefined);
  }

  async #read(body: ReadableStream<Uint8Array>): Promise<void> {
    const decoder = new TextDecoder();
    let rest = "";
    for await (const chunk of body) {
      const parts = (rest + decoder.decode(chunk, { stream: true })).split("\n\n");
      rest = parts.pop() ?? "";
      for (const part of parts) {
        const [, data] = /^event: message\ndata: (.*)$/u.exec(part) ?? [];
        if (data !== undefined) this.#heard(JSON.parse(data) as Message, performance.now());
      }
    }
  }

  /** The moment, as this process sees it, of the bot's next message that is meant. @throws after two minutes. */
  told(isMeant: (message: Message) => boolean): Promise<number> {
    return new Promise((found, failed) => {
      const late = setTimeout(() => {
        failed(new Error(`the bot has not told ${this.id} for ${deadlineMs / 1_000} s`));
      }, deadlineMs);
      this.#heard = (message, atMs) => {
        if (!message.from?.is_bot || !isMeant(message)) return;
        clearTimeout(late);
        found(atMs);
      };
    });
  }

  leave(): void {
    this.#stop.abort();
  }
}
