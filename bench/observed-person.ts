import type { Message } from "../emulators/telegram/bot-api.ts";
import { Person } from "../test/drivers/person.ts";

const deadlineMs = 120_000;

/** A person whose chat is streamed, so that the moment of each message of the bot is known. */
export class ObservedPerson extends Person {
  readonly #eventsUrl: string;
  readonly #stop = new AbortController();
  #onMessage: (message: Message, atMs: number) => void = () => undefined;

  /** Resolves when the stream is open: every later message is seen. */
  static async open(emulatorUrl: string, id: number): Promise<ObservedPerson> {
    const person = new ObservedPerson(emulatorUrl, id);
    await person.#connect();
    return person;
  }

  private constructor(emulatorUrl: string, id: number) {
    super(emulatorUrl, id);
    this.#eventsUrl = `${emulatorUrl}/person/${id}/chat/events`;
  }

  async #connect(): Promise<void> {
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
        if (data !== undefined) this.#onMessage(JSON.parse(data) as Message, performance.now());
      }
    }
  }

  /**
   * When the bot's next message that satisfies `isMeant` arrived here, by `performance.now()`.
   * @throws Error after two minutes.
   */
  waitForMessageTime(isMeant: (message: Message) => boolean): Promise<number> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        reject(new Error(`${this.id} got no such message for ${deadlineMs / 1_000} s`));
      }, deadlineMs);
      this.#onMessage = (message, atMs) => {
        if (!message.from?.is_bot || !isMeant(message)) return;
        clearTimeout(timer);
        resolve(atMs);
      };
    });
  }

  /** Closes the stream. */
  close(): void {
    this.#stop.abort();
  }
}
