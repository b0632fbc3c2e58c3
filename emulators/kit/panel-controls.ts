import * as z from "zod";
import { type Controls, withBody } from "./controls.ts";
import type { Snapshots } from "./snapshots.ts";
import type { VirtualClock } from "./virtual-clock.ts";

const clockBody = z.strictObject({
  /** Makes it stand, or go on; unset, neither. */
  stopped: z.boolean().optional(),
  advance_ms: z.int().nonnegative().default(0),
});
const named = z.strictObject({ name: z.string().min(1) });

/** The clock of those whose jobs run by it: stop it, put it forward. */
export const clockControls = (clock: VirtualClock): Controls => ({
  "GET /control/clock": () => describe(clock),
  "POST /control/clock": withBody(clockBody, ({ stopped, advance_ms }) => {
    if (stopped !== undefined) clock.setStopped(stopped);
    if (advance_ms > 0) clock.advance(advance_ms);
    return describe(clock);
  }),
});

const describe = (clock: VirtualClock) => ({ now: clock.now(), stopped: clock.isStopped });

/** A backup by name, and its return. */
export const snapshotControls = (
  snapshots: Snapshots,
  restore: (name: string) => void,
): Controls => ({
  "POST /control/snapshots": withBody(named, ({ name }) => {
    snapshots.take(name);
    return { name };
  }),
  "POST /control/restore": withBody(named, ({ name }) => {
    restore(name);
    return { name };
  }),
});
