import type { ServerResponse } from "node:http";
import type { ChatEvent } from "./chat-events.ts";
import type { Chats } from "./chats.ts";

const heartbeatMs = 15_000;

/**
 * Server-sent events: the chat as it is, then everything that happens
 * in it until the reader leaves.
 */
export function streamChat(response: ServerResponse, chats: Chats, chatId: number): void {
  response.writeHead(200, {
    "content-type": "text/event-stream",
    "cache-control": "no-store",
    "x-accel-buffering": "no",
  });
  const send = (event: ChatEvent, data: unknown) =>
    response.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  send("chat", chats.list(chatId));
  const stopListening = chats.events.listen(chatId, send);
  const heartbeat = setInterval(() => response.write(": still here\n\n"), heartbeatMs).unref();
  response.once("close", () => {
    stopListening();
    clearInterval(heartbeat);
  });
}
