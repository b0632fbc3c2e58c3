import * as z from "zod";
import type { User } from "../bot-api.ts";
import { chatOfGroup, type Group, type Member } from "../groups.ts";
import { read, whole } from "../params.ts";
import { chatOf, userOf } from "../people.ts";
import { findGroup, requireGroup, requirePerson } from "../reachable.ts";
import { badRequest, forbidden } from "../refusal.ts";
import type { State } from "../state.ts";
import type { Methods } from "./method.ts";

const looked = z.object({ user_id: whole.optional() });

/** Methods that tell who is in a group or channel. */
export const members: Methods = {
  getChat: (state, call) => {
    const facts = { accent_color_id: 0, max_reaction_count: 11 };
    const group = findGroup(state, call);
    if (group !== undefined) return { ...chatOfGroup(requireBotInside(group)), ...facts };
    const person = requirePerson(state, call);
    if (!person.started) throw badRequest("chat not found");
    return { ...chatOf(person), ...facts };
  },

  getChatMember: (state, call) => {
    const group = requireBotInside(requireGroup(state, call));
    const { user_id } = read(looked, call);
    if (user_id === undefined) throw badRequest("user_id is empty");
    if (user_id === state.bot.id) return { user: state.bot, status: group.bot };
    // Telegram promises an answer about others to administrators alone.
    if (group.bot !== "administrator") throw badRequest("member list is inaccessible");
    return memberOf(state, group, user_id);
  },

  getChatMemberCount: (state, call) => countInside(requireBotInside(requireGroup(state, call))),
};

/** The group, where the bot is in it. @throws Refusal 403 as Telegram words it. */
function requireBotInside(group: Group): Group {
  if (group.bot !== "left") return group;
  throw forbidden(`bot is not a member of the ${group.type} chat`);
}

/** Who was never there is known in a channel, and not in a group. */
function memberOf(state: State, group: Group, id: number): Member & { readonly user: User } {
  const person = state.people.find(id);
  const member = group.members[id];
  if (person === undefined) throw badRequest("user not found");
  if (member !== undefined) return { user: userOf(person), ...member };
  if (group.type === "supergroup") throw badRequest("PARTICIPANT_ID_INVALID");
  return { user: userOf(person), status: "left" };
}

const countInside = ({ members: all }: Group): number =>
  Object.values(all).filter(({ status, is_member }) => {
    return status === "restricted" ? is_member === true : status !== "left" && status !== "kicked";
  }).length;
