import { isolated } from "../../html.ts";
import { devices } from "../counts.ts";

/** What admins read about moving all devices away from a host. */
export const hostMoves = {
  migrate: "🚚 Move everybody away",
  progress: "🚚 Devices on the move",
  lost: "⚫️ Lost for good",

  sure: (name: string) => `Move everybody away from ${isolated(name)}?`,
  sureCount: (n: number) => `• ${devices(n)} get another host, those paid for longest first.`,
  sureRate: (perMinute: number) => `• About ${devices(perMinute)} a minute.`,
  sureOverlap:
    "• Their owners are sent a new key, and the old one works for a day beside it. Links stay as they are.",
  sureRoom: (room: number) => `• Other hosts have room for ${devices(room)}.`,
  shortOfRoom: "• That is not enough: the rest stays here until there is room.",
  yes: "🚚 Yes, move them",
  no: "No, leave them",

  sureLost: (name: string) => `Give ${isolated(name)} up for good?`,
  lostCount: (n: number) =>
    `• ${devices(n)} get another host at once, and their owners a new key. The old keys are dead.`,
  lostRoom: (room: number) =>
    `• Other hosts have room for ${devices(room)}; whoever finds none waits for it.`,
  lostSettings: "• Nobody connects to it any more, and its settings are deleted.",
  yesLost: "⚫️ Yes, it is lost",
  given: (name: string) => `${isolated(name)} is given up. Its devices get other hosts now.`,

  states: {
    running: "🚚 Devices are moving",
    aborting: "⏹ Stopping: what is half moved comes back",
    done: "✅ Everybody has moved",
    aborted: "⏹ Stopped",
  },
  of: (name: string) => `From ${isolated(name)}`,
  moved: (moved: number, arrived: number) => `Moved: ${moved}, of these already there: ${arrived}`,
  stillHere: (n: number) => `Still here: ${n}`,
  waiting: (since: string) => `⏳ No host has room since ${since}: add one, or widen one.`,
  none: "Nobody has been moved away from this host.",
  refresh: "🔄 Refresh",
  stop: "⏹ Stop",
  stopped: "No more devices move. Those that have moved stay where they are.",
  begun: "The first devices are on their way.",
  migrating: "Devices are still moving away: stop that first.",
  noMigration: "Nothing is moving.",
};

/** The type of these texts, which every language has. */
export type HostMovesTexts = typeof hostMoves;
