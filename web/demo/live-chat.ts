import type { ChatEvent } from "./chat-state.ts";
import { isNumber, shape } from "./guards.ts";
import { eventsUrl } from "./telegram.ts";
import { isChat, isMessage } from "./wire.ts";

const firstPauseMs = 400;
const maxPauseMs = 5_000;

const isDeleted = shape<{ message_id: number }>({ message_id: isNumber });

/**
 * Reports everything that happens in a person's chat until the returned function is called. A lost
 * connection is reported once and reopened with growing pauses; the chat is sent anew each time.
 */
export function followChat(person: number, onEvent: (event: ChatEvent) => void): () => void {
  let pauseMs = firstPauseMs;
  let source: EventSource | undefined;
  let timer: number | undefined;

  function open(): void {
    const opened = new EventSource(eventsUrl(person));
    source = opened;
    for (const name of ["chat", "message", "edit", "delete", "typing"] as const) {
      opened.addEventListener(name, ({ data }: MessageEvent<string>) => {
        const event = eventOf(name, data);
        if (event === undefined) return lose();
        if (event.kind === "chat") pauseMs = firstPauseMs;
        onEvent(event);
      });
    }
    // The browser itself gives up for good on an answer such as 502, so opening again is done here.
    opened.addEventListener("error", lose);
  }

  function lose(): void {
    source?.close();
    onEvent({ kind: "lost" });
    window.clearTimeout(timer);
    timer = window.setTimeout(open, pauseMs);
    pauseMs = Math.min(pauseMs * 2, maxPauseMs);
  }

  open();
  return () => {
    window.clearTimeout(timer);
    source?.close();
  };
}

type EventName = "chat" | "message" | "edit" | "delete" | "typing";

/** Undefined when the data is not what the event's name promises. */
function eventOf(name: EventName, data: string): ChatEvent | undefined {
  const value = parseJson(data);
  switch (name) {
    case "chat":
      return isChat(value) ? { kind: "chat", messages: value } : undefined;
    case "message":
    case "edit":
      return isMessage(value) ? { kind: "message", message: value } : undefined;
    case "delete":
      return isDeleted(value) ? { kind: "deleted", messageId: value.message_id } : undefined;
    case "typing":
      return { kind: "typing" };
  }
}

function parseJson(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch {
    return undefined;
  }
}
