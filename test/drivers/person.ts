import { pictures } from "../../domain/people/captcha.ts";
import type { Message } from "../../emulators/telegram/bot-api.ts";
import { textsIn } from "../../texts/index.ts";
import { eventually } from "./eventually.ts";

interface ButtonAnswer {
  readonly callback_query_id: string;
  readonly answer?: { readonly text?: string; readonly show_alert?: boolean };
}

/** Everything a message shows, in one string. */
export const wordsOf = (message: Message): string => message.text ?? message.caption ?? "";

/** Somebody with a telephone: the person's side of the Telegram emulator. */
export class Person {
  readonly id: number;
  readonly #side: string;

  constructor(emulatorUrl: string, id: number) {
    this.id = id;
    this.#side = `${emulatorUrl}/person/${id}`;
  }

  async become(facts: object): Promise<this> {
    await this.#ask("", "PUT", facts);
    return this;
  }

  send(text: string, replyTo?: number): Promise<Message> {
    return this.#ask("/messages", "POST", { text, reply_to_message_id: replyTo });
  }

  /** From the beginning, or behind a message. */
  chat(after = 0): Promise<Message[]> {
    return this.#ask(`/chat?after=${after}`);
  }

  /** What the bot has written, oldest first. */
  async listTexts(): Promise<string[]> {
    return (await this.#fromBot()).map(wordsOf);
  }

  async downloadText(fileId: string): Promise<string> {
    return (await fetch(`${this.#side}/files/${fileId}`)).text();
  }

  async downloadBytes(fileId: string): Promise<Buffer> {
    const answer = await fetch(`${this.#side}/files/${fileId}`);
    return Buffer.from(await answer.arrayBuffer());
  }

  /** The newest message from the bot that says this, as soon as there is one. */
  waitForMessage(wanted: RegExp): Promise<Message> {
    return eventually(async () => {
      const heard = await this.#fromBot();
      const found = heard.findLast((message) => wanted.test(wordsOf(message)));
      if (found === undefined) {
        throw new Error(
          `${this.id} has not heard ${wanted}, but: ${heard.map(wordsOf).join(" | ")}`,
        );
      }
      return found;
    });
  }

  /** Presses the newest button whose label or data this is, as soon as there is one. */
  async pressButton(wanted: RegExp): Promise<ButtonAnswer> {
    const { messageId, data } = await this.button(wanted);
    return this.press(messageId, data);
  }

  press(messageId: number, data: string): Promise<ButtonAnswer> {
    return this.#ask("/callbacks?wait=answer", "POST", { message_id: messageId, data });
  }

  /** Presses a button that is not there any more, or never was: what a changed client can do. */
  forgePress(messageId: number, data: string): Promise<ButtonAnswer> {
    return this.#ask("/callbacks?wait=answer&forge=yes", "POST", { message_id: messageId, data });
  }

  button(wanted: RegExp): Promise<{ messageId: number; data: string }> {
    return eventually(async () => {
      const buttons = (await this.chat()).flatMap((message) =>
        (message.reply_markup?.inline_keyboard ?? []).flat().map((button) => ({ message, button })),
      );
      const found = buttons.findLast(
        ({ button }) => wanted.test(button.text) || wanted.test(button.callback_data ?? ""),
      );
      if (found === undefined) throw new Error(`${this.id} has no button ${wanted}`);
      return { messageId: found.message.message_id, data: found.button.callback_data ?? "" };
    });
  }

  /** Reads the question and presses the picture it asks for, or another one. */
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

  /** From Start to the moment an admin is asked. */
  async askForAccess(): Promise<void> {
    await this.send("/start");
    await this.answerCaptcha();
    await this.waitForMessage(/sent to an administrator|отправлена администратору/u);
  }

  /** The `.conf` files received so far, oldest first. */
  async listKeys(): Promise<string[]> {
    const documents = (await this.chat()).flatMap(({ document }) => (document ? [document] : []));
    return Promise.all(documents.map(({ file_id }) => this.downloadText(file_id)));
  }

  async #fromBot(): Promise<Message[]> {
    return (await this.chat()).filter(({ from }) => from?.is_bot);
  }

  async #ask<Answer>(path: string, method = "GET", body?: unknown): Promise<Answer> {
    const response = await fetch(`${this.#side}${path}`, {
      method,
      headers: { "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const answer: unknown = await response.json();
    if (!response.ok)
      throw new Error(`${method} ${path}: ${response.status} ${JSON.stringify(answer)}`);
    return answer as Answer;
  }
}
