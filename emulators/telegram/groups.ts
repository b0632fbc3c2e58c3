import type { Table } from "../kit/journal.ts";
import type { Chat } from "./bot-api.ts";
import { badRequest } from "./refusal.ts";

/** A topic of a forum: its id is that of the message that opened it. */
interface Topic {
  readonly name: string;
  readonly is_closed: boolean;
}

/** A supergroup with the bot in it. */
export interface Group {
  readonly id: number;
  readonly title: string;
  readonly is_forum: boolean;
  /** What the bot may do there, as an administrator. */
  readonly can_manage_topics: boolean;
  readonly can_pin_messages: boolean;
  /** By their ids; a deleted one is gone. */
  readonly topics: Readonly<Record<string, Topic>>;
}

/** The groups that the bot is in. */
export class Groups {
  readonly #rows: Table<Group>;

  constructor(rows: Table<Group>) {
    this.#rows = rows;
  }

  find(id: number): Group | undefined {
    return this.#rows.get(id);
  }

  /** Changes fields of a group, and makes it when it is new: a forum that the bot administers. */
  change(id: number, change: Partial<Omit<Group, "id">>): Group {
    const rights = { can_manage_topics: true, can_pin_messages: true };
    const fresh = { id, title: `Group ${id}`, is_forum: true, ...rights, topics: {} };
    const group = { ...(this.find(id) ?? fresh), ...change };
    this.#rows.set(id, group);
    return group;
  }

  /** Puts a topic in, in its new state; undefined deletes it. */
  setTopic(group: Group, topic: number, state: Topic | undefined): Group {
    const { [topic]: _former, ...others } = group.topics;
    const topics = state === undefined ? others : { ...others, [topic]: state };
    return this.change(group.id, { topics });
  }

  clear(): void {
    this.#rows.clear();
  }
}

/** A group as the Bot API's `Chat`. */
export const chatOfGroup = ({ id, title, is_forum }: Group): Chat => ({
  id,
  type: "supergroup",
  title,
  ...(is_forum && { is_forum: true as const }),
});

/**
 * The topic with this id. @throws Refusal 400 when there is none,
 * also where somebody has deleted it.
 */
export function requireTopic(group: Group, topic: number | undefined): Topic {
  const found = topic === undefined ? undefined : group.topics[topic];
  if (found === undefined) throw badRequest("message thread not found");
  return found;
}
