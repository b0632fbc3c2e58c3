import { useCallback, useEffect, useRef, useState } from "react";
import { lastId, unreadCount } from "./chat-state.ts";
import { freeId, type Role, rolesOf } from "./people.ts";
import { poll, type Poll } from "./poll.ts";
import { fetchChat, listPeople } from "./telegram.ts";
import type { DemoInfo, Person } from "./wire.ts";

/**
 * Only the open chat is streamed: a browser keeps six connections to one host, so a stream per
 * person would leave none for the rest of the page.
 * The others are polled, and refreshed on each change.
 */
const pollIntervalMs = 2_000;

/** The people whose chats can be opened, and what is new in them. */
export interface People {
  readonly roles: readonly Role[];
  /** For one more account. */
  readonly newId: number;
  /** The number of unread messages of the bot, by person. */
  readonly unread: ReadonlyMap<number, number>;
  /** Refreshes at once, e.g. after something that may have changed other chats. */
  readonly refreshNow: () => void;
  readonly markSeen: (person: number, messageId: number) => void;
}

/** The people and their unread messages, kept up to date while the page is visible. */
export function usePeople(info: DemoInfo, chosen: number): People {
  const [known, setKnown] = useState<readonly Person[]>([]);
  const [unread, setUnread] = useState<ReadonlyMap<number, number>>(new Map());
  const seen = useRef(loadSeen());
  const refresh = useCallback(async () => {
    const people = await listPeople();
    setKnown(people);
    const others = rolesOf(info, people, chosen).filter(
      ({ id, started }) => started && id !== chosen,
    );
    const counts = await Promise.all(
      others.map(async ({ id }) => {
        const messages = await fetchChat(id);
        // An emulator that was reset counts from 1 again.
        const seenId = Math.min(seen.current.get(id) ?? 0, lastId(messages));
        seen.current.set(id, seenId);
        return [id, unreadCount(messages, seenId)] as const;
      }),
    );
    setUnread(new Map(counts));
  }, [info, chosen]);
  const pollRef = useRef<Poll>(undefined);
  useEffect(() => {
    const polling = poll(refresh, pollIntervalMs);
    pollRef.current = polling;
    return polling.end;
  }, [refresh]);
  const refreshNow = useCallback(() => pollRef.current?.now(), []);
  const markSeen = useCallback((person: number, messageId: number) => {
    seen.current.set(person, messageId);
    saveSeen(seen.current);
  }, []);
  const roles = rolesOf(info, known, chosen);
  return { roles, newId: freeId(known), unread, refreshNow, markSeen };
}

const storageKey = "tollgate.demo.seen";

function loadSeen(): Map<number, number> {
  const saved = new URLSearchParams(localStorage.getItem(storageKey) ?? "");
  return new Map([...saved].map(([person, messageId]) => [Number(person), Number(messageId)]));
}

function saveSeen(seen: ReadonlyMap<number, number>): void {
  const pairs = [...seen].map(([person, messageId]) => [`${person}`, `${messageId}`]);
  localStorage.setItem(storageKey, new URLSearchParams(pairs).toString());
}
