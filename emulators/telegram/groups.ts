import type { Table } from "../kit/journal.ts";
import type { Chat } from "./bot-api.ts";
import { badRequest } from "./refusal.ts";

/** A topic of a forum: its id is that of the message that opened it. */
interface Topic {
  readonly name: string;
  readonly is_closed: boolean;
}

/** What somebody is in a group. `left` was there, or never was. */
export const memberStatuses = [
  "creator",
  "administrator",
  "member",
  "restricted",
  "left",
  "kicked",
] as const;

/** A person of a group. `is_member` is of those who are restricted. */
export interface Member {
  readonly status: (typeof memberStatuses)[number];
  readonly is_member?: boolean | undefined;
}

/** A supergroup or a channel. */
export interface Group {
  readonly id: number;
  readonly type: "supergroup" | "channel";
  readonly title: string;
  /** Without `@`; a private one has none. */
  readonly username?: string | undefined;
  /** What the bot is there. */
  readonly bot: "administrator" | "member" | "left";
  /** By their numbers. */
  readonly members: Readonly<Record<string, Member>>;
  readonly is_forum: boolean;
  /** What the bot may do there, as an administrator. */
  readonly can_manage_topics: boolean;
  readonly can_pin_messages: boolean;
  /** By their ids; a deleted one is gone. */
  readonly topics: Readonly<Record<string, Topic>>;
}

/** The groups and channels of this Telegram. */
export class Groups {
  readonly #rows: Table<Group>;

  constructor(rows: Table<Group>) {
    this.#rows = rows;
  }

  find(id: number): Group | undefined {
    return this.#rows.get(id);
  }

  /** By the username, with or without `@`, in any case. */
  findByName(name: string): Group | undefined {
    const wanted = name.replace(/^@/u, "").toLowerCase();
    return [...this.#rows.values()].find(({ username }) => username?.toLowerCase() === wanted);
  }

  /** What a person is in a group from now on. */
  setMember(group: Group, person: number, member: Member): Group {
    return this.change(group.id, { members: { ...group.members, [person]: member } });
  }

  /** Changes fields of a group, and makes it when it is new: a forum that the bot administers. */
  change(id: number, change: Partial<Omit<Group, "id">>): Group {
    const rights = { can_manage_topics: true, can_pin_messages: true };
    const type = change.type ?? "supergroup";
    const place = { id, type, title: `Group ${id}`, is_forum: type === "supergroup" } as const;
    const fresh = { ...place, bot: "administrator" as const, members: {}, ...rights, topics: {} };
    const group: Group = { ...(this.find(id) ?? fresh), ...change };
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
export const chatOfGroup = ({ id, type, title, username, is_forum }: Group): Chat => ({
  id,
  type,
  title,
  ...(username !== undefined && { username }),
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
