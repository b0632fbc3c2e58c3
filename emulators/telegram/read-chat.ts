import { randomUUID } from "node:crypto";
import { ok, type Reply, type Request } from "../kit/http.ts";
import type { Chats } from "./chats.ts";

const longestWaitMs = 10_000;

/** Tells this process's versions of a chat from those of an earlier one. */
const boot = randomUUID();

/**
 * The messages behind `after`, with an ETag. A reader that names it in `If-None-Match` is answered
 * 304 while nothing happened in the chat, with `Prefer: wait=<seconds>` (RFC 7240) only when so
 * much time has passed; what happens meanwhile is answered at once.
 */
export async function readChat(
  { raw: { headers } }: Request,
  chats: Chats,
  chatId: number,
  after: number,
): Promise<Reply> {
  const tag = () => `"${boot}-${chats.events.versionOf(chatId)}"`;
  const known = headers["if-none-match"];
  const seconds = /\bwait=(\d+(?:\.\d+)?)/u.exec(String(headers["prefer"] ?? ""))?.[1] ?? "0";
  if (known === tag() && Number(seconds) > 0) {
    await chats.events.waitForNext(chatId, Math.min(Number(seconds) * 1_000, longestWaitMs));
  }
  if (known === tag()) return { status: 304, body: Buffer.alloc(0), headers: { etag: tag() } };
  return { ...ok(chats.list(chatId, after)), headers: { etag: tag() } };
}
