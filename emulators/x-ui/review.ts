import type { Table } from "../kit/journal.ts";
import { every } from "../kit/moments.ts";
import type { Job } from "../kit/virtual-clock.ts";
import type { Clients } from "./clients.ts";
import type { Core } from "./core.ts";
import type { Inbounds } from "./inbounds.ts";
import type { Panel } from "./panel.ts";
import type { Traffic, Traffics } from "./traffics.ts";

/** Bytes that the core has counted. */
export interface Counted {
  readonly up: number;
  readonly down: number;
}

/** What the reviews work on. */
export interface ReviewParts {
  readonly clients: Clients;
  readonly inbounds: Inbounds;
  readonly traffics: Traffics;
  readonly core: Core;
  readonly panel: Panel;
  /** What the core has counted and the panel has not read, by email. */
  readonly counted: Table<Counted>;
  /** What was reset and comes back (#5390), by email. */
  readonly comingBack: Table<Counted>;
  /** What was read now, by email. */
  readonly onRead: (read: readonly (readonly [email: string, counted: Counted])[]) => void;
  readonly now: () => number;
}

const dayMs = 86_400_000;
const reviewMs = 5_000;
const restartMs = 30_000;

/** What the panel does by itself. A core that dies is looked at when it is restarted. */
export const createJobs = (parts: ReviewParts): readonly Job[] => [
  {
    nextAfter: (ms) => every(parts.core.state === "dying" ? restartMs : reviewMs)(ms),
    pendingSince: () => pendingSince(parts),
    run: () => {
      readTraffic(parts);
      for (const row of parts.traffics.list().filter((one) => isRenewed(one, parts))) {
        renew(row, parts);
      }
      for (const row of parts.traffics.list().filter((one) => isUsedUp(one, parts.now()))) {
        disable(row, parts);
      }
    },
  },
  {
    nextAfter: every(restartMs),
    pendingSince: () => {
      return parts.core.needsRestart && parts.core.state !== "dying" ? parts.now() : undefined;
    },
    run: () => parts.core.restart(),
  },
];

function pendingSince({ counted, comingBack, traffics, now }: ReviewParts): number | undefined {
  if (counted.size > 0 || comingBack.size > 0) return now();
  const moments = traffics.list().flatMap((row) => {
    if (row.enable && row.total > 0 && row.up + row.down >= row.total) return now();
    return row.expiryTime > 0 && (row.enable || row.reset > 0) ? row.expiryTime : [];
  });
  return moments.length === 0 ? undefined : Math.min(...moments);
}

/** The first traffic of a client turns its duration into an expiry. */
function readTraffic(parts: ReviewParts): void {
  const { counted, comingBack, traffics, now, onRead } = parts;
  const read: (readonly [string, Counted])[] = [];
  for (const [email, { up, down }] of counted.entries()) {
    counted.delete(email);
    const row = traffics.find(email);
    if (row === undefined) continue;
    if (row.expiryTime < 0) begin(row, parts);
    traffics.change(email, { up: row.up + up, down: row.down + down, lastOnline: now() });
    read.push([email, { up, down }]);
  }
  for (const [email, { up, down }] of comingBack.entries()) {
    comingBack.delete(email);
    const row = traffics.find(email);
    if (row !== undefined) traffics.change(email, { up: row.up + up, down: row.down + down });
  }
  if (read.length > 0) onRead(read);
}

function begin({ email, expiryTime: duration }: Traffic, parts: ReviewParts): void {
  const { inbounds, traffics, panel, now } = parts;
  const expiryTime = now() - duration;
  traffics.change(email, { expiryTime });
  for (const id of inbounds.idsOf(email)) {
    const entry = inbounds.findEntry(id, email);
    if (entry !== undefined) inbounds.changeEntry(entry, { expiryTime, updatedAt: now() });
    panel.sync(id);
  }
}

const isRenewed = ({ email, reset, expiryTime }: Traffic, { inbounds, now }: ReviewParts) =>
  reset > 0 && expiryTime > 0 && expiryTime <= now() && inbounds.idsOf(email).length > 0;

/** By as many periods as it takes; what was used begins anew, and a disabled client is enabled. */
function renew(row: Traffic, { inbounds, traffics, panel, core, now }: ReviewParts): void {
  const { email } = row;
  const periods = Math.ceil((now() - row.expiryTime) / (row.reset * dayMs));
  const expiryTime = row.expiryTime + periods * row.reset * dayMs;
  traffics.change(email, { expiryTime, up: 0, down: 0, enable: true });
  for (const id of inbounds.idsOf(email)) {
    const entry = inbounds.findEntry(id, email);
    if (entry === undefined) continue;
    const enable = row.enable ? entry.enable : true;
    const renewed = inbounds.changeEntry(entry, { expiryTime, enable });
    if (!row.enable) core.add(renewed);
    panel.sync(id);
  }
}

const isUsedUp = ({ enable, total, up, down, expiryTime }: Traffic, nowMs: number): boolean =>
  enable && ((total > 0 && up + down >= total) || (expiryTime > 0 && expiryTime <= nowMs));

/** In the record, the row and every inbound; why, is kept nowhere. */
function disable({ email }: Traffic, parts: ReviewParts): void {
  const { clients, inbounds, traffics, core, now } = parts;
  for (const id of inbounds.idsOf(email)) {
    const entry = inbounds.findEntry(id, email);
    if (entry === undefined) continue;
    core.remove(entry);
    if (entry.enable) inbounds.changeEntry(entry, { enable: false, updatedAt: now() });
  }
  traffics.change(email, { enable: false });
  clients.change({ email }, { enable: false, updatedAt: now() });
}
