import { findLastProbe, recordRound } from "../../db/access/host-probes.ts";
import { type EntityManager, inTransaction, queriesOf } from "../../db/orm.ts";
import { mergeOutcomes, type ProbeOutcome, workerSource } from "../../domain/access/host-health.ts";
import type { HostId } from "../../domain/ids.ts";
import { instant, minuteMs, toMs } from "../../domain/time.ts";
import type { HostProbe } from "../../gateways/hosts/port.ts";
import type { ProbeSource } from "../../gateways/hosts/probes/attempt.ts";
import { pause } from "../pause.ts";
import type { HostDirectory } from "./host-directory.ts";

/** From where hosts are probed, and how often. */
export interface HostProbing {
  /** The worker itself, and its agents elsewhere. */
  readonly sources: readonly ProbeSource[];
  /** The shortest time between two rounds of a host; each is up to a fifth longer. */
  readonly everyMs?: number;
}

/** What probing a host reads, writes and asks. */
export interface ProbingPorts {
  readonly em: EntityManager;
  readonly hosts: HostDirectory;
  readonly now: () => Date;
  readonly probing: HostProbing;
}

/** After a failure of the database, or of the host's management. */
const retryMs = 5_000;

/**
 * Probes a host's data plane in rounds, until `signal` aborts; then it returns. `mayAct` says
 * whether this process has the host: of several one probes it. When the last round was is in the
 * books, so that a worker that starts does not probe at once what was just probed.
 */
export async function keepProbing(
  ports: ProbingPorts,
  hostId: HostId,
  { signal, mayAct }: { readonly signal: AbortSignal; readonly mayAct: () => boolean },
): Promise<void> {
  const { everyMs = minuteMs } = ports.probing;
  while (!signal.aborted) {
    const dueInMs = await findDueMs(ports, hostId, everyMs).catch(() => Math.min(retryMs, everyMs));
    await pause(dueInMs, signal).catch(() => undefined);
    if (signal.aborted || !mayAct()) continue;
    const restMs = await probeOnce(ports, hostId, signal).then(
      (isDone) => (isDone ? 0 : everyMs),
      // What cannot be asked or written now is tried again: the host's loop says why it is away.
      () => Math.min(retryMs, everyMs),
    );
    await pause(restMs, signal).catch(() => undefined);
  }
}

/** The pause that is left since the last round, with a share by chance: hosts do not march in step. */
async function findDueMs({ em, now }: ProbingPorts, hostId: HostId, everyMs: number) {
  const pauseMs = everyMs * (1 + 0.2 * Math.random());
  const last = await findLastProbe(queriesOf(em.fork()), hostId, workerSource);
  const leftMs = last === undefined ? 0 : toMs(last) + pauseMs - now().getTime();
  // The least: a clock that was set back must neither end the pause nor make it long.
  return Math.min(pauseMs, Math.max(leftMs, 0.1 * Math.random() * everyMs));
}

/** One round, from all places. @returns false where the host has no way that can be tried. */
async function probeOnce(
  { em, hosts, now, probing }: ProbingPorts,
  hostId: HostId,
  signal: AbortSignal,
): Promise<boolean> {
  const host = await hosts.get(hostId);
  const probes = (await host.prepareProbes?.()) ?? [];
  if (probes.length === 0) return false;
  const outcomes = new Map<string, ProbeOutcome>();
  // One place after the other: a host may take two handshakes at one moment for a flood.
  for (const source of probing.sources) {
    const outcome = await probeFrom(source, probes, signal);
    if (outcome !== undefined) outcomes.set(source.name, outcome);
  }
  const round = { hostId, outcomes, now: instant(now()) };
  await inTransaction(em, (db) => recordRound(db, round));
  return true;
}

/** What one place finds; undefined where it cannot be asked, which says nothing of the host. */
async function probeFrom(
  { reach }: ProbeSource,
  probes: readonly HostProbe[],
  signal: AbortSignal,
): Promise<ProbeOutcome | undefined> {
  try {
    const tries = probes.map((probe) => probe.run((attempt) => reach(attempt, signal)));
    return mergeOutcomes(await Promise.all(tries));
  } catch {
    signal.throwIfAborted();
    return undefined;
  }
}
