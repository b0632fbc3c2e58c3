import { pictures } from "../../domain/people/captcha.ts";
import type { Message } from "../../emulators/telegram/bot-api.ts";
import { textsIn } from "../../texts/index.ts";
import { eventually } from "./eventually.ts";

interface ButtonAnswer {
  readonly callback_query_id: string;
  readonly answer?: { readonly text?: string; readonly show_alert?: boolean };
}

/** The smallest PNG. */
const onePixel =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

/** The text or caption of a message. */
export const wordsOf = (message: Message): string => message.text ?? message.caption ?? "";

/** A person with a phone: drives the person's side of the Telegram emulator. */
export class Person {
  readonly id: number;
  readonly #url: string;
  /** The chat as it was read last, by the message behind which it was read. */
  readonly #known = new Map<number, { readonly tag: string; readonly messages: Message[] }>();

  constructor(emulatorUrl: string, id: number) {
    this.id = id;
    this.#url = `${emulatorUrl}/person/${id}`;
  }

  /** Changes the person's profile, e.g. `{ username }`. */
  async become(facts: object): Promise<this> {
    await this.#ask("", "PUT", facts);
    return this;
  }

  /** Joins a channel or group, `@username` or its number. */
  join(chat: string | number): Promise<unknown> {
    return this.#ask("/join", "POST", { chat });
  }

  /** Leaves it. */
  leave(chat: string | number): Promise<unknown> {
    return this.#ask("/leave", "POST", { chat });
  }

  /** Sends a message to the bot. */
  send(text: string, replyTo?: number): Promise<Message> {
    return this.#ask("/messages", "POST", { text, reply_to_message_id: replyTo });
  }

  /** Sends a file with words under it. */
  sendFile(kind: "photo" | "document" | "voice" | "video", text = ""): Promise<Message> {
    const name = kind === "photo" ? "picture.png" : "file.bin";
    return this.#ask("/messages", "POST", { text, file: { kind, name, base64: onePixel } });
  }

  /** Sends something without words. */
  sendOther(other: "sticker" | "location"): Promise<Message> {
    return this.#ask("/messages", "POST", { other });
  }

  /** Forwards what somebody else has written. */
  forward(text: string): Promise<Message> {
    return this.#ask("/messages", "POST", { text, is_forwarded: true });
  }

  /** Changes the words of a message of theirs. */
  edit(messageId: number, text: string): Promise<Message> {
    return this.#ask("/messages", "PUT", { message_id: messageId, text });
  }

  /** What the bot has reacted with to the messages of the chat. */
  listReactions(): Promise<Readonly<Record<string, string>>> {
    return this.#ask("/reactions");
  }

  /** All messages of the chat, or those after a message. */
  chat(after = 0): Promise<Message[]> {
    return this.#readChat({ after });
  }

  /** With `waitSeconds`, an unchanged chat is returned after this time, a changed one at once. */
  async #readChat({ after = 0, waitSeconds = 0 }): Promise<Message[]> {
    const known = this.#known.get(after);
    const response = await fetch(`${this.#url}/chat?after=${after}`, {
      headers: known ? { "if-none-match": known.tag, prefer: `wait=${waitSeconds}` } : {},
    });
    if (known !== undefined && response.status === 304) return known.messages;
    const messages = await answerOf<Message[]>(response);
    this.#known.set(after, { tag: response.headers.get("etag") ?? "", messages });
    return messages;
  }

  /** Waits until something is found in the chat. */
  #find<Found>(find: (messages: Message[]) => Found): Promise<Found> {
    let waitSeconds = 0;
    return eventually(
      async () => {
        const messages = await this.#readChat({ waitSeconds });
        // The next attempt waits for the chat to change.
        waitSeconds = 1;
        return find(messages);
      },
      undefined,
      1,
    );
  }

  /** The texts of the bot's messages, the oldest first. */
  async listTexts(): Promise<string[]> {
    return (await this.#fromBot()).map(wordsOf);
  }

  /** Downloads a file as text. */
  async downloadText(fileId: string): Promise<string> {
    return (await fetch(`${this.#url}/files/${fileId}`)).text();
  }

  /** Downloads a file. */
  async downloadBytes(fileId: string): Promise<Buffer> {
    const answer = await fetch(`${this.#url}/files/${fileId}`);
    return Buffer.from(await answer.arrayBuffer());
  }

  /** Waits for a message of the bot with these words, and returns the newest. */
  waitForMessage(wanted: RegExp): Promise<Message> {
    return this.#find((messages) => {
      const received = messages.filter(isFromBot);
      const found = received.findLast((message) => wanted.test(wordsOf(message)));
      if (found === undefined) {
        throw new Error(
          `${this.id} has not received ${wanted}, but: ${received.map(wordsOf).join(" | ")}`,
        );
      }
      return found;
    });
  }

  /** Waits for a button with this label or data, and presses the newest. */
  async pressButton(wanted: RegExp): Promise<ButtonAnswer> {
    const { messageId, data } = await this.button(wanted);
    return this.press(messageId, data);
  }

  /** Presses a button and waits for the bot's answer to it. */
  press(messageId: number, data: string): Promise<ButtonAnswer> {
    return this.#ask("/callbacks?wait=answer", "POST", { message_id: messageId, data });
  }

  /** Presses a button that is gone or never existed, as a modified client can. */
  forgePress(messageId: number, data: string): Promise<ButtonAnswer> {
    return this.#ask("/callbacks?wait=answer&forge=yes", "POST", { message_id: messageId, data });
  }

  /** Waits for a button with this label or data, and returns the newest. */
  button(wanted: RegExp): Promise<{ messageId: number; data: string }> {
    return this.#find((messages) => {
      const buttons = messages.flatMap((message) =>
        (message.reply_markup?.inline_keyboard ?? []).flat().map((button) => ({ message, button })),
      );
      const found = buttons.findLast(
        ({ button }) => wanted.test(button.text) || wanted.test(button.callback_data ?? ""),
      );
      if (found === undefined) throw new Error(`${this.id} has no button ${wanted}`);
      return { messageId: found.message.message_id, data: found.button.callback_data ?? "" };
    });
  }

  /** Reads the captcha's question and presses the right picture, or a wrong one. */
  async answerCaptcha(right = true, round = 1): Promise<ButtonAnswer> {
    const { messageId } = await this.button(new RegExp(`^captcha:${round}:`, "u"));
    const question = (await this.chat()).find((message) => message.message_id === messageId);
    const words = wordsOf(question!);
    const names = [textsIn("en").people.pictures, textsIn("ru").people.pictures];
    const wanted = Object.keys(pictures).find((picture) =>
      names.some((name) => new RegExp(`(?:the|на) ${name[picture as "cat"]}\\.`, "u").test(words)),
    );
    const buttons = (question?.reply_markup?.inline_keyboard ?? []).flat();
    const choice = buttons.find(
      ({ callback_data: data }) => (data === `captcha:${round}:${wanted}`) === right,
    );
    return this.press(messageId, choice?.callback_data ?? "");
  }

  /** Signs up: from Start until an admin has been asked. */
  async askForAccess(): Promise<void> {
    await this.send("/start");
    await this.answerCaptcha();
    await this.waitForMessage(/have your request|получили заявку/u);
  }

  /** The contents of the `.conf` files received so far, the oldest first. */
  async listKeys(): Promise<string[]> {
    const documents = (await this.chat()).flatMap(({ document }) => (document ? [document] : []));
    return Promise.all(documents.map(({ file_id }) => this.downloadText(file_id)));
  }

  async #fromBot(): Promise<Message[]> {
    return (await this.chat()).filter(isFromBot);
  }

  async #ask<Answer>(path: string, method = "GET", body?: unknown): Promise<Answer> {
    const response = await fetch(`${this.#url}${path}`, {
      method,
      headers: { "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return answerOf(response);
  }
}

const isFromBot = ({ from }: Message): boolean => from.is_bot;

/** @throws Error with what the emulator refused, and why. */
async function answerOf<Answer>(response: Response): Promise<Answer> {
  const answer: unknown = await response.json();
  if (!response.ok)
    throw new Error(`${response.url}: ${response.status} ${JSON.stringify(answer)}`);
  return answer as Answer;
}
