import * as z from "zod";
import type { Message } from "./bot-api.ts";
import { isFrom, type Place } from "./chats.ts";
import type { Group } from "./groups.ts";
import { type Call, read, whole, words } from "./params.ts";
import type { Person } from "./people.ts";
import { badRequest, forbidden } from "./refusal.ts";
import type { State } from "./state.ts";

const target = z.object({ chat_id: z.union([whole, words]).optional() });
const pointer = z.object({ message_id: whole.optional(), inline_message_id: words.optional() });

/**
 * The person a call names, whether or not the bot may write there.
 * @throws Refusal 400 when it names nobody.
 */
export function requirePerson(state: State, call: Call): Person {
  const { chat_id } = read(target, call);
  if (chat_id === undefined) throw badRequest("chat_id is empty");
  const person = typeof chat_id === "number" ? state.people.find(chat_id) : undefined;
  if (person === undefined) throw badRequest("chat not found");
  return person;
}

/** The group a call names. @throws Refusal 400 when it names none. */
export function requireGroup(state: State, call: Call): Group {
  const group = findGroup(state, call);
  if (group === undefined) throw badRequest("chat not found");
  return group;
}

/** The group or channel a call names; undefined: it names none. */
export function findGroup(state: State, call: Call): Group | undefined {
  const { chat_id } = read(target, call);
  if (typeof chat_id === "number") return state.groups.find(chat_id);
  return chat_id?.startsWith("@") ? state.groups.findByName(chat_id) : undefined;
}

/** The person or the group a call writes to. @throws Refusal 400 or 403 as Telegram words them. */
export const requirePlace = (state: State, call: Call): Place =>
  findGroup(state, call) ?? requireReachable(state, call);

/** The person a call writes to. @throws Refusal 400 or 403 as Telegram words them. */
export function requireReachable(state: State, call: Call): Person {
  const person = requirePerson(state, call);
  if (person.blocked) throw forbidden("bot was blocked by the user");
  if (!person.started) throw forbidden("bot can't initiate conversation with a user");
  return person;
}

/**
 * The message a call names; `purpose` completes "message to …".
 * @throws Refusal 400 or 403 when there is none, or the bot may not edit it.
 */
export function requireMessage(state: State, call: Call, purpose: "edit" | "delete"): Message {
  const { message_id, inline_message_id } = read(pointer, call);
  if (inline_message_id !== undefined) throw badRequest("MESSAGE_ID_INVALID");
  const { id } = requirePlace(state, call);
  if (message_id === undefined) throw badRequest("message identifier is not specified");
  const message = state.chats.find(id, message_id);
  if (message === undefined) throw badRequest(`message to ${purpose} not found`);
  if (purpose === "edit" && !isFrom(message, state.bot))
    throw badRequest("message can't be edited");
  return message;
}
