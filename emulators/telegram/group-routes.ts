import * as z from "zod";
import { HttpError, ok, parseBody, readJson, type Reply, type Request } from "../kit/http.ts";
import type { Message } from "./bot-api.ts";
import { quote, showToBot } from "./chats.ts";
import { editMessage } from "./edited-message.ts";
import { chatOfGroup, type Group, memberStatuses } from "./groups.ts";
import { userOf } from "./people.ts";
import type { State } from "./state.ts";

const change = z.strictObject({
  type: z.enum(["supergroup", "channel"]).optional(),
  username: z
    .string()
    .regex(/^[a-z]\w{3,31}$/iu)
    .optional(),
  bot: z.enum(["administrator", "member", "left"]).optional(),
  title: z.string().min(1).max(128).optional(),
  is_forum: z.boolean().optional(),
  can_manage_topics: z.boolean().optional(),
  can_pin_messages: z.boolean().optional(),
});
const messageBody = z.object({
  from: z.int(),
  text: z.string().min(1).max(4096),
  topic: z.int().optional(),
  reply_to_message_id: z.int().optional(),
  is_anonymous: z.boolean().default(false),
});
const editBody = z.object({
  from: z.int(),
  message_id: z.int(),
  text: z.string().min(1).max(4096),
});
const memberBody = z.object({
  person: z.int().positive(),
  status: z.enum(memberStatuses),
  is_member: z.boolean().optional(),
});
const topicBody = z.object({
  from: z.int(),
  topic: z.int(),
  is_closed: z.boolean(),
  is_anonymous: z.boolean().default(false),
});

/** The people's side of groups: `/group/<id>/…`. The bot administers a group, and reads it all. */
export class GroupRoutes {
  readonly #state: State;

  constructor(state: State) {
    this.#state = state;
  }

  async serve({ method, path, raw }: Request): Promise<Reply | undefined> {
    const [, digits = "", rest = ""] = /^\/group\/(-\d{1,15})(\/.*)?$/u.exec(path) ?? [];
    const id = Number(digits);
    if (digits === "") throw new HttpError(400, "a group's id is a negative whole number");
    const { groups, chats } = this.#state;
    switch (`${method} ${rest}`) {
      case "PUT ": {
        const given = Object.entries(parseBody(change, await readJson(raw)));
        const known = given.filter(([, value]) => value !== undefined);
        return ok(groups.change(id, Object.fromEntries(known)));
      }
      case "GET ":
        return ok(this.#require(id));
      case "GET /chat":
        return ok(chats.list(this.#require(id).id));
      case "GET /pins":
        return ok(Object.keys(chats.listMarks(this.#require(id).id, "pin")).map(Number));
      case "POST /messages":
        return ok(this.#say(this.#require(id), parseBody(messageBody, await readJson(raw))));
      case "PUT /messages":
        return ok(this.#edit(this.#require(id), parseBody(editBody, await readJson(raw))));
      case "POST /members":
        return ok(this.#setMember(this.#require(id), parseBody(memberBody, await readJson(raw))));
      case "POST /topics":
        return ok(this.#setTopic(this.#require(id), parseBody(topicBody, await readJson(raw))));
      default:
        throw new HttpError(404, "there is no such page");
    }
  }

  #require(id: number): Group {
    const group = this.#state.groups.find(id);
    if (group === undefined) throw new HttpError(400, `there is no group ${id}: PUT it first`);
    return group;
  }

  #say(group: Group, given: z.infer<typeof messageBody>): Message {
    const { text, topic, reply_to_message_id: replied } = given;
    const { chats } = this.#state;
    if (topic !== undefined && group.topics[topic] === undefined) {
      throw new HttpError(400, `the group has no topic ${topic}`);
    }
    // In a topic, what replies to nothing replies to the message that opened it.
    const repliedTo = chats.find(group.id, replied ?? topic ?? 0);
    const message = chats.add(group, {
      ...this.#senderOf(group, given),
      ...inTopic(topic),
      ...(repliedTo && { reply_to_message: quote(repliedTo) }),
      text,
    });
    this.#state.queueForBot({ message: showToBot(message) }, group.id);
    return message;
  }

  #edit({ id }: Group, { from, message_id, text }: z.infer<typeof editBody>): Message {
    const { chats, people } = this.#state;
    return editMessage(this.#state, chats.find(id, message_id), { from: people.get(from), text });
  }

  /** Who is anonymous writes in the name of the group. */
  #senderOf(
    group: Group,
    { from, is_anonymous: isAnonymous }: Pick<z.infer<typeof messageBody>, "from" | "is_anonymous">,
  ): Pick<Message, "from" | "sender_chat"> {
    if (isAnonymous) return { from: groupAnonymousBot, sender_chat: chatOfGroup(group) };
    return { from: userOf(this.#state.people.get(from)) };
  }

  /** What an administrator of the group does to a person. */
  #setMember(group: Group, { person, ...member }: z.infer<typeof memberBody>): Group {
    return this.#state.groups.setMember(group, person, member);
  }

  #setTopic(group: Group, given: z.infer<typeof topicBody>): Message {
    const { topic, is_closed } = given;
    const known = group.topics[topic];
    if (known === undefined) throw new HttpError(400, `the group has no topic ${topic}`);
    const changed = this.#state.groups.setTopic(group, topic, { ...known, is_closed });
    const what = is_closed ? { forum_topic_closed: {} } : { forum_topic_reopened: {} };
    const sender = this.#senderOf(group, given);
    const message = this.#state.chats.add(changed, { ...sender, ...inTopic(topic), ...what });
    this.#state.queueForBot({ message }, group.id);
    return message;
  }
}

/**
 * Whom Telegram names as the sender of what an anonymous administrator writes.
 * @see https://core.telegram.org/bots/api#message
 */
const groupAnonymousBot = {
  id: 1_087_968_824,
  is_bot: true,
  first_name: "Group",
  username: "GroupAnonymousBot",
} as const;

const inTopic = (topic: number | undefined) =>
  topic === undefined ? {} : { message_thread_id: topic, is_topic_message: true as const };
