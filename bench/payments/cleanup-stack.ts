/** Closes what was opened, in the reverse order, in whatever way the run ends. */
export class CleanupStack {
  readonly #stack = new AsyncDisposableStack();
  #disposed: Promise<void> | undefined;

  /**
   * Awaits `opening` and registers how to close what it opened.
   * @throws Error when the stack was disposed of meanwhile; what was opened is closed then.
   */
  async keep<Opened>(
    opening: Promise<Opened>,
    close: (opened: Opened) => unknown,
  ): Promise<Opened> {
    const opened = await opening;
    if (!this.#stack.disposed) {
      return this.#stack.adopt(opened, async (value) => void (await close(value)));
    }
    await close(opened);
    throw new Error("stopped while it was starting");
  }

  /**
   * Closes everything, also after an error, which is printed. Safe to repeat:
   * all wait for the same end.
   */
  disposeAll(): Promise<void> {
    this.#disposed ??= this.#stack.disposeAsync().catch((error: unknown) => console.error(error));
    return this.#disposed;
  }
}
