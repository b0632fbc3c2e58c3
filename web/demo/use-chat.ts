import { useEffect, useReducer } from "react";
import { afterEvent, type ChatState, newChat } from "./chat-state.ts";
import { followChat } from "./live-chat.ts";

/** Telegram shows "typing" for five seconds after the bot said so. */
const typingMs = 5_000;

/** The chat of one person, live. A component that uses it is keyed by the person. */
export function useChat(person: number): ChatState {
  const [state, dispatch] = useReducer(afterEvent, newChat);
  useEffect(() => followChat(person, dispatch), [person]);
  useEffect(() => {
    if (!state.typing) return undefined;
    const timer = window.setTimeout(() => dispatch({ kind: "silent" }), typingMs);
    return () => window.clearTimeout(timer);
  }, [state]);
  return state;
}
