type End = () => unknown;

/** What has to be undone, in the reverse order, whatever way the run ends. */
export class CleanupStack {
  readonly #ends: End[] = [];
  #over: Promise<void> | undefined;

  /** Keeps what was opened, and how it is closed. When all is over already it is closed at once. */
  async keep<Opened>(
    opening: Promise<Opened>,
    close: (opened: Opened) => unknown,
  ): Promise<Opened> {
    const opened = await opening;
    if (this.#over === undefined) {
      this.#ends.push(() => close(opened));
      return opened;
    }
    await close(opened);
    throw new Error("stopped while it was starting");
  }

  /** Undoes everything; safe to repeat. */
  all(): Promise<void> {
    this.#over ??= this.#undo();
    return this.#over;
  }

  async #undo(): Promise<void> {
    for (let end = this.#ends.pop(); end; end = this.#ends.pop()) {
      try {
        await end();
      } catch (error) {
        // What is left has to be undone all the same.
        console.error(String(error));
      }
    }
  }
}
