/** What a person sees happen. `chat` carries the whole chat, the others what changed. */
export type ChatEvent = "chat" | "message" | "edit" | "delete" | "answer" | "typing" | "reaction";
type Listener = (event: ChatEvent, data: unknown) => void;

/** Publishes what happens in each chat. */
export class ChatEvents {
  readonly #listeners = new Map<number, Set<Listener>>();

  /** Returns a function that ends the subscription. */
  listen(chatId: number, listener: Listener): () => void {
    const listeners = this.#listeners.get(chatId) ?? new Set();
    this.#listeners.set(chatId, listeners.add(listener));
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0) this.#listeners.delete(chatId);
    };
  }

  /** Sends an event to all who listen to the chat. */
  publish(chatId: number, event: ChatEvent, data: unknown): void {
    for (const listener of this.#listeners.get(chatId) ?? []) listener(event, data);
  }
}
