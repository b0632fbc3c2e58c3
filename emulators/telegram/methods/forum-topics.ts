import * as z from "zod";
import { type Group, requireTopic } from "../groups.ts";
import { type Call, read, whole, words } from "../params.ts";
import { requireGroup } from "../reachable.ts";
import { badRequest } from "../refusal.ts";
import type { State } from "../state.ts";
import type { Method, Methods } from "./method.ts";

const creation = z.object({
  name: words.default(""),
  icon_color: whole.optional(),
});
const pointer = z.object({ message_thread_id: whole.optional() });
const colors = new Set([7322096, 16766590, 13338331, 9367192, 16749490, 16478047]);
const usualColor = 7322096;
const longestName = 128;

/** The group, where topics can be managed. @throws Refusal 400 as Telegram words it. */
function requireForum(state: State, call: Call, purpose: string): Group {
  const group = requireGroup(state, call);
  if (!group.is_forum) throw badRequest("the chat is not a forum");
  if (!group.can_manage_topics) throw badRequest(`not enough rights to ${purpose}`);
  return group;
}

/** Closing and reopening are messages of the topic, as for every member who looks at it. */
const setClosed =
  (is_closed: boolean): Method =>
  (state, call) => {
    const group = requireForum(state, call, "edit the topic");
    const { message_thread_id: topic } = read(pointer, call);
    const found = topic === undefined ? undefined : group.topics[topic];
    if (topic === undefined || found === undefined) throw badRequest("TOPIC_ID_INVALID");
    if (found.is_closed === is_closed) throw badRequest("TOPIC_NOT_MODIFIED");
    const changed = state.groups.setTopic(group, topic, { ...found, is_closed });
    const what = is_closed ? { forum_topic_closed: {} } : { forum_topic_reopened: {} };
    const place = { message_thread_id: topic, is_topic_message: true as const };
    state.chats.add(changed, { from: state.bot, ...place, ...what });
    return true;
  };

/** Methods that open and close the topics of a forum. */
export const forumTopics: Methods = {
  createForumTopic: (state, call) => {
    const { name, icon_color = usualColor } = read(creation, call);
    const group = requireForum(state, call, "create a topic");
    const title = name.trim();
    if (title === "") throw badRequest("title must be non-empty");
    if (title.length > longestName) throw badRequest("TOPIC_TITLE_TOO_LONG");
    if (!colors.has(icon_color)) throw badRequest("invalid icon color specified");
    const forum_topic_created = { name: title, icon_color };
    const message = state.chats.openTopic(group, { from: state.bot, forum_topic_created });
    const { message_id: topic } = message;
    state.groups.setTopic(group, topic, { name: title, is_closed: false });
    return { message_thread_id: topic, name: title, icon_color };
  },

  closeForumTopic: setClosed(true),

  reopenForumTopic: setClosed(false),

  deleteForumTopic: (state, call) => {
    const group = requireForum(state, call, "delete the topic");
    const { message_thread_id: topic } = read(pointer, call);
    requireTopic(group, topic);
    state.groups.setTopic(group, topic!, undefined);
    return true;
  },
};
