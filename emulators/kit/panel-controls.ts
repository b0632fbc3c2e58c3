import * as z from "zod";
import { type Controls, withBody } from "./controls.ts";
import type { Snapshots } from "./snapshots.ts";
import type { VirtualClock } from "./virtual-clock.ts";

const clockBody = z.strictObject({ stopped: z.boolean() });
const span = z.strictObject({ ms: z.int().positive() });
const backup = z.strictObject({ id: z.int().positive() });

/** The clock of those whose jobs run by it: stop it, put it forward. */
export const clockControls = (clock: VirtualClock): Controls => ({
  "GET /control/clock": () => describe(clock),
  "PUT /control/clock": withBody(clockBody, ({ stopped }) => {
    clock.setStopped(stopped);
    return describe(clock);
  }),
  "POST /control/advance": withBody(span, ({ ms }) => {
    clock.advance(ms);
    return describe(clock);
  }),
});

const describe = (clock: VirtualClock) => ({
  now: new Date(clock.now()).toISOString(),
  stopped: clock.isStopped,
});

/** A backup, and its return. */
export const backupControls = (snapshots: Snapshots, restore: (id: number) => void): Controls => ({
  "POST /control/snapshot": () => ({ id: snapshots.take() }),
  "POST /control/restore": withBody(backup, ({ id }) => {
    restore(id);
    return {};
  }),
});
