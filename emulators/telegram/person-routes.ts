import * as z from "zod";
import { HttpError, ok, parseBody, readJson, type Reply, type Request } from "../kit/http.ts";
import { type Draft, type Message, nowSeconds } from "./bot-api.ts";
import { profileShownTo } from "./bot-profile.ts";
import { showToBot, isFrom, quote } from "./chats.ts";
import { editMessage } from "./edited-message.ts";
import { bytesOf, documentOf, photoSizes, recordingOf } from "./files.ts";
import { characters, format } from "./formatting.ts";
import type { Group } from "./groups.ts";
import type { Bill } from "./invoices.ts";
import { streamChat } from "./live-chat.ts";
import { payInvoice } from "./paying-person.ts";
import { chatOf, type Person, userOf } from "./people.ts";
import { readChat } from "./read-chat.ts";
import type { State } from "./state.ts";
import { actOnSubscription, subscriptionBody } from "./subscribed-person.ts";

const sentFile = z.object({
  kind: z.enum(["photo", "document", "voice", "video"]),
  name: z.string().min(1).max(200),
  base64: z.base64().min(1),
});
const messageBody = z.object({
  text: z.string().default(""),
  reply_to_message_id: z.int().optional(),
  file: sentFile.optional(),
  /** Instead of a text. */
  other: z.enum(["sticker", "location"]).optional(),
  is_forwarded: z.boolean().default(false),
});
const editBody = z.object({ message_id: z.int(), text: z.string().min(1).max(4096) });
const payBody = z.union([z.object({ message_id: z.int() }), z.object({ link: z.string() })]);
const chatBody = z.object({ chat: z.union([z.int().negative(), z.string().startsWith("@")]) });
const pressBody = z.object({ message_id: z.int(), data: z.string() });
const profile = z.strictObject({
  first_name: z.string().min(1).max(64).optional(),
  last_name: z.string().max(64).optional(),
  username: z.string().max(32).optional(),
  language_code: z.string().min(2).max(10).optional(),
  blocked: z.boolean().optional(),
});
type SentFile = z.infer<typeof sentFile>;
const answerWaitMs = 10_000;

/** What people send without words. */
const others = {
  sticker: { sticker: { type: "regular", emoji: "👋", width: 512, height: 512 } },
  location: { location: { latitude: 55.75, longitude: 37.62 } },
} as const;

const forwarded = () => ({
  forward_origin: { type: "hidden_user", sender_user_name: "Somebody", date: nowSeconds() },
});

/** The message after which a chat is read; 0 is the beginning. */
function messageIn(query: URLSearchParams): number {
  const after = query.get("after") ?? "0";
  if (!/^\d{1,15}$/u.test(after)) throw new HttpError(400, "after must be a message's id");
  return Number(after);
}

/** An invoice as its buyer sees it: without the bot's payload. */
function shownOf({ invoice, subscription_period }: Bill) {
  return { ...invoice, ...(subscription_period !== undefined && { subscription_period }) };
}

/** A person's side of the chat: `/person/…`. */
export class PersonRoutes {
  readonly #state: State;

  constructor(state: State) {
    this.#state = state;
  }

  async serve(request: Request): Promise<Reply | undefined> {
    if (/^\/person\/?$/u.test(request.path) && request.method === "GET") {
      return ok(this.#state.people.list());
    }
    const [, digits = "", rest = ""] = /^\/person\/([^/]+)(\/.*)?$/u.exec(request.path) ?? [];
    const id = Number(digits);
    if (!/^\d+$/u.test(digits) || !Number.isSafeInteger(id) || id === 0) {
      throw new HttpError(400, "a person's id is a positive whole number");
    }
    return this.#route(request, id, rest);
  }

  async #route(request: Request, id: number, rest: string): Promise<Reply | undefined> {
    const { chats, people } = this.#state;
    switch (`${request.method} ${rest}`) {
      case "GET ":
        return ok(people.get(id));
      case "PUT ":
        return ok(this.#change(id, parseBody(profile, await readJson(request.raw))));
      case "POST /messages":
        return ok(this.#say(id, parseBody(messageBody, await readJson(request.raw))));
      case "PUT /messages":
        return ok(this.#edit(id, parseBody(editBody, await readJson(request.raw))));
      case "POST /callbacks":
        return this.#press(id, request);
      case "POST /pay":
        return ok(await this.#pay(id, parseBody(payBody, await readJson(request.raw))));
      case "GET /invoice":
        return ok(shownOf(this.#requireBill(request.query.get("link") ?? "")));
      case "GET /subscriptions":
        return ok(this.#state.subscriptions.list(id));
      case "POST /subscriptions":
        return ok(
          await actOnSubscription(
            this.#state,
            id,
            parseBody(subscriptionBody, await readJson(request.raw)),
          ),
        );
      case "POST /join":
      case "POST /leave":
        return ok(this.#move(id, rest, parseBody(chatBody, await readJson(request.raw))));
      case "GET /bot":
        return ok(profileShownTo(this.#state, people.get(id)));
      case "GET /commands":
        return ok(this.#state.commands.listShownTo(people.get(id)));
      case "GET /chat":
        return readChat(request, chats, id, messageIn(request.query));
      case "GET /reactions":
        return ok(chats.listMarks(id, "reaction"));
      case "GET /chat/events":
        streamChat(request.response, chats, id);
        return undefined;
      default:
        return this.#file(request, rest);
    }
  }

  /** An invoice in the chat, or one behind a link. */
  async #pay(id: number, given: z.infer<typeof payBody>): Promise<Message> {
    if ("link" in given) return payInvoice(this.#state, id, this.#requireBill(given.link));
    const { message_id } = given;
    const bill = this.#state.bills.findInChat(id, message_id);
    if (bill === undefined) throw new HttpError(400, `message ${message_id} is not an invoice`);
    return payInvoice(this.#state, id, bill, this.#state.chats.find(id, message_id));
  }

  #requireBill(link: string): Bill {
    const bill = this.#state.bills.findByLink(link);
    if (bill === undefined) throw new HttpError(404, "there is no invoice behind this link");
    return bill;
  }

  #file({ method }: Request, rest: string): Reply {
    const fileId = /^\/files\/([\w-]+)$/u.exec(rest)?.[1];
    if (fileId === undefined || method !== "GET") throw new HttpError(404, "there is no such page");
    const file = this.#state.files.find(fileId);
    if (file === undefined) throw new HttpError(404, "there is no such file");
    const name = encodeURIComponent(file.name);
    const disposition = `attachment; filename*=UTF-8''${name}`;
    const safe = { "x-content-type-options": "nosniff", "content-disposition": disposition };
    return { ...ok(bytesOf(file)), headers: { "content-type": file.mime, ...safe } };
  }

  #change(id: number, { blocked, ...change }: z.infer<typeof profile>): Person {
    const before = this.#state.people.get(id);
    const given = Object.entries(change).filter(([, value]) => value !== undefined);
    const person = this.#state.people.change(id, Object.fromEntries(given));
    if (blocked === undefined || blocked === before.blocked) return person;
    return this.#block(person, blocked);
  }

  /** Telegram tells a bot of a private chat's membership only when it is blocked or unblocked. */
  #block({ id }: Person, blocked: boolean): Person {
    const person = this.#state.people.change(id, { blocked });
    const user = this.#state.bot;
    const member = { user, status: "member" };
    const kicked = { user, status: "kicked", until_date: 0 };
    const [old_chat_member, new_chat_member] = blocked ? [member, kicked] : [kicked, member];
    const where = { chat: chatOf(person), from: userOf(person), date: nowSeconds() };
    const my_chat_member = { ...where, old_chat_member, new_chat_member };
    this.#state.queueForBot({ my_chat_member }, id);
    return person;
  }

  /** Joins a group or channel, or leaves it. Who was thrown out cannot join again. */
  #move(id: number, to: string, { chat }: z.infer<typeof chatBody>): Group {
    const { groups, people } = this.#state;
    const group = typeof chat === "number" ? groups.find(chat) : groups.findByName(chat);
    if (group === undefined) throw new HttpError(400, `there is no group ${chat}`);
    if (to === "/join" && group.members[id]?.status === "kicked") {
      throw new HttpError(400, `person ${id} is banned there`);
    }
    people.change(id, {});
    return groups.setMember(group, id, { status: to === "/join" ? "member" : "left" });
  }

  #say(id: number, given: z.infer<typeof messageBody>): Message {
    const { text, reply_to_message_id, file, other } = given;
    if (file !== undefined) return this.#sendFile(id, { ...given, file });
    const origin = given.is_forwarded ? forwarded() : {};
    if (other !== undefined) return this.#sendTo(id, { ...others[other], ...origin });
    const { text: plain, entities } = format({ text });
    if (plain === "") throw new HttpError(400, "the text is empty");
    if (characters(plain) > 4096)
      throw new HttpError(400, "a text may have 4096 characters at most");
    const reply = this.#findReplied(id, reply_to_message_id);
    const marks = entities.length > 0 && { entities };
    return this.#sendTo(id, { text: plain, ...marks, ...origin, ...reply });
  }

  #sendTo(id: number, content: Omit<Draft, "from">): Message {
    const person = this.#openChat(id, content.text ?? content.caption ?? "");
    const message = this.#state.chats.add(person, { from: userOf(person), ...content });
    this.#state.queueForBot({ message }, id);
    return message;
  }

  /** The person changes the words of a message of theirs. */
  #edit(id: number, { message_id, text }: z.infer<typeof editBody>): Message {
    const { chats, people } = this.#state;
    return editMessage(this.#state, chats.find(id, message_id), { from: people.get(id), text });
  }

  /** The text is the words under the file. */
  #sendFile(
    id: number,
    { text, reply_to_message_id, file }: z.infer<typeof messageBody> & { file: SentFile },
  ): Message {
    if (text.length > 1024) throw new HttpError(400, "a caption may have 1024 characters at most");
    const { kind, name, base64 } = file;
    const bytes = Buffer.from(base64, "base64");
    const stored = this.#state.files.add(kind, { name, mime: "", bytes });
    const shown = {
      photo: () => ({ photo: photoSizes(stored) }),
      document: () => ({ document: documentOf(stored) }),
      voice: () => ({ voice: recordingOf(stored) }),
      video: () => ({ video: recordingOf(stored) }),
    }[kind]();
    const caption = text === "" ? {} : { caption: text };
    return this.#sendTo(id, {
      ...shown,
      ...caption,
      ...this.#findReplied(id, reply_to_message_id),
    });
  }

  /** The chat opens with /start, and opens again with it after a block. */
  #openChat(id: number, text: string): Person {
    const person = this.#state.people.get(id);
    const isStart = /^\/start(?:@\w+)?(?:\s|$)/u.test(text);
    if (!isStart && (!person.started || person.blocked)) {
      const why = person.blocked ? "has blocked the bot" : "has not pressed Start";
      throw new HttpError(400, `person ${id} ${why}: send "/start" first`);
    }
    const started = this.#state.people.change(id, { started: true });
    return person.blocked ? this.#block(started, false) : started;
  }

  #findReplied(id: number, messageId: number | undefined): { reply_to_message?: Message } {
    if (messageId === undefined) return {};
    const message = this.#state.chats.find(id, messageId);
    if (message === undefined) throw new HttpError(400, `message ${messageId} is not in the chat`);
    return { reply_to_message: quote(message) };
  }

  /** Only a forged press (`?forge=yes`) carries data that no button of the message has. */
  async #press(id: number, { raw, query }: Request): Promise<Reply> {
    const { message_id, data } = parseBody(pressBody, await readJson(raw));
    const message = this.#state.chats.find(id, message_id);
    const buttons = message?.reply_markup?.inline_keyboard?.flat() ?? [];
    if (message === undefined || !isFrom(message, this.#state.bot)) {
      throw new HttpError(400, `message ${message_id} of the bot is not in the chat`);
    }
    const forged = query.get("forge") === "yes";
    if (!forged && !buttons.some(({ callback_data }) => callback_data === data)) {
      throw new HttpError(400, `message ${message_id} has no button with this data`);
    }
    const callback_query_id = this.#state.callbacks.open(id);
    const from = userOf(this.#state.people.get(id));
    const place = { message: showToBot(message), chat_instance: String(id * 7_919) };
    const callback_query = { id: callback_query_id, from, ...place, data };
    this.#state.queueForBot({ callback_query }, id);
    if (query.get("wait") !== "answer") return ok({ callback_query_id });
    this.#state.save();
    const answer = await this.#state.callbacks.waitForAnswer(callback_query_id, answerWaitMs);
    return ok({ callback_query_id, answer: answer ?? null });
  }
}
