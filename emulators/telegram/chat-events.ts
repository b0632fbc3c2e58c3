/** What a person sees happen. `chat` carries the whole chat, the others what changed. */
export type ChatEvent = "chat" | "message" | "edit" | "delete" | "answer" | "typing" | "reaction";
type Listener = (event: ChatEvent, data: unknown) => void;

/** Publishes what happens in each chat. */
export class ChatEvents {
  readonly #listeners = new Map<number, Set<Listener>>();
  readonly #versions = new Map<number, number>();

  /** Another number after each event in the chat. It starts at 0 with each emulator. */
  versionOf(chatId: number): number {
    return this.#versions.get(chatId) ?? 0;
  }

  /** Resolves at the next event in the chat, and after `waitMs` without one. */
  async waitForNext(chatId: number, waitMs: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const stopListening = this.listen(chatId, () => resolve());
    const timer = setTimeout(resolve, waitMs).unref();
    await promise;
    stopListening();
    clearTimeout(timer);
  }

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
    this.#versions.set(chatId, this.versionOf(chatId) + 1);
    for (const listener of this.#listeners.get(chatId) ?? []) listener(event, data);
  }
}
