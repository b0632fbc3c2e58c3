/** A running poll, until it is ended. */
export interface Poll {
  /** Runs the work at once, or right after the round that is under way. */
  readonly now: () => void;
  readonly end: () => void;
}

/**
 * Runs `work` now and `pauseMs` after each round while the page is visible.
 * Failed rounds are repeated.
 */
export function poll(work: () => Promise<void>, pauseMs: number): Poll {
  const state = { ended: false, asked: false, busy: false, timer: 0 };

  async function round(): Promise<void> {
    state.busy = true;
    do {
      state.asked = false;
      if (!document.hidden) await work().catch(() => undefined);
    } while (state.asked && !state.ended);
    state.busy = false;
    if (!state.ended) state.timer = window.setTimeout(() => void round(), pauseMs);
  }

  function now(): void {
    state.asked = true;
    if (state.busy || state.ended) return;
    window.clearTimeout(state.timer);
    void round();
  }

  now();
  const end = () => {
    state.ended = true;
    window.clearTimeout(state.timer);
  };
  return { now, end };
}
