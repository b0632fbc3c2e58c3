import { findOurs } from "../../db/access/accesses.ts";
import { adoptUser } from "../../db/access/adoptions.ts";
import { listExternal, markExternal } from "../../db/access/external-users.ts";
import { askForComparison, findHostFacts } from "../../db/access/hosts.ts";
import { findNewestPlan } from "../../db/payments/plans.ts";
import { type EntityManager, inTransaction, queriesOf } from "../../db/orm.ts";
import type { Vault } from "../../db/vault.ts";
import {
  type AdoptionLine,
  type AdoptionOrder,
  type AdoptionRequest,
  type AdoptionResult,
  mostAdoptionLines,
  planAdoption,
  telegramIdOf,
} from "../../domain/access/adoption.ts";
import type { SubscriptionRef } from "../../domain/access/subscription.ts";
import type { Plan } from "../../domain/payments/plan.ts";
import { type Instant, instant } from "../../domain/time.ts";
import type { HostState, NewAccess, Peer } from "../../gateways/hosts/port.ts";
import type { HostTestSteps } from "../../workflows/steps/host-test.ts";
import { workWithHeartbeats } from "../heartbeat.ts";
import type { HostDirectory } from "./host-directory.ts";
import { HostFailure, reach } from "./host-reach.ts";

/** What taking users over reads, writes and starts. */
export interface AdoptionPorts {
  readonly em: EntityManager;
  readonly vault: Vault;
  readonly hosts: Pick<HostDirectory, "get">;
  readonly newAccess: () => NewAccess;
  /** Starts the calendar of a subscription. */
  readonly startCalendar: (ref: SubscriptionRef) => Promise<void>;
  readonly now: () => Date;
}

/** The activity of takeovers. */
export const createAdoptionActivities = (
  ports: AdoptionPorts,
): Pick<HostTestSteps, "adoptUsers"> => ({
  adoptUsers: (request) => workWithHeartbeats(() => adopt(ports, request)),
});

type Customers = Extract<AdoptionOrder, { kind: "customers" }>;

async function adopt(ports: AdoptionPorts, request: AdoptionRequest): Promise<AdoptionResult> {
  const { hostId, order, isDry } = request;
  const db = queriesOf(ports.em.fork());
  const facts = await findHostFacts(db, hostId);
  if (facts === undefined) return { kind: "noHost" };
  const listed = await list(ports, request);
  if ("trouble" in listed) return { kind: "away", trouble: listed.trouble };
  const ours = await findOurs(
    db,
    hostId,
    listed.peers.map(({ identity }) => identity),
  );
  const external = await listExternal(db, hostId);
  const foreign = listed.peers.filter(({ identity }) => !ours.has(identity));
  const known = listed.peers.filter(
    ({ identity }) =>
      (ours.has(identity) && isNamed(order, identity)) ||
      (order.kind === "external" && external.has(identity)),
  );
  const lines: AdoptionLine[] = known.map(({ identity }) => ({ identity, kind: "known" }));
  if (order.kind === "external") {
    const wanted = foreign
      .map(({ identity }) => identity)
      .filter((one) => !external.has(one) && (order.only?.includes(one) ?? true));
    lines.push(...wanted.map((identity) => ({ identity, kind: "external" }) as const));
    const { requestId, operatorName } = request;
    const by = { requestId, operatorName };
    const marked = { hostId, identities: wanted, by, now: instant(ports.now()) };
    if (!isDry) await inTransaction(ports.em, (to) => markExternal(to, marked));
  } else {
    const found = await findNewestPlan(db, order.plan);
    if (found === undefined) return { kind: "noPlan" };
    const adopting = { ports, request, order, plan: found.plan, epoch: listed.epoch };
    for (const peer of foreign) {
      if (!isNamed(order, peer.identity)) continue;
      if (order.owners === undefined && external.has(peer.identity)) continue;
      lines.push(await adoptOne(adopting, peer, facts.network));
    }
  }
  if (!isDry) await askForComparison(db, hostId);
  return { kind: "done", counts: countsOf(lines), lines: lines.slice(0, mostAdoptionLines) };
}

/** Whether an order is about this one: who is named is meant, and nobody else. */
function isNamed(order: AdoptionOrder, identity: string): boolean {
  if (order.kind === "external") return order.only?.includes(identity) ?? false;
  return order.owners === undefined || Object.hasOwn(order.owners, identity);
}

async function list(
  { hosts }: AdoptionPorts,
  { hostId }: AdoptionRequest,
): Promise<HostState | { readonly trouble: string }> {
  try {
    return await reach(hosts, hostId).list("withOrigin");
  } catch (error) {
    if (!(error instanceof HostFailure)) throw error;
    return { trouble: error.message };
  }
}

interface Adopting {
  readonly ports: AdoptionPorts;
  readonly request: AdoptionRequest;
  readonly order: Customers;
  readonly plan: Plan;
  readonly epoch: string;
}

async function adoptOne(
  adopting: Adopting,
  peer: Peer,
  network: string | undefined,
): Promise<AdoptionLine> {
  const { ports, request, order } = adopting;
  const { identity } = peer;
  const now = instant(ports.now());
  const foreign = { ...peer, owner: telegramIdOf({ identity, ...peer.origin }) };
  const planned = planAdoption(foreign, order, { network, now });
  if (planned.kind === "refused") return { identity, ...planned };
  const { owner, ms } = planned;
  const line = { identity, kind: "adopted", owner, ms } as const;
  if (request.isDry) return line;
  const adopted = await inTransaction(ports.em, (db) =>
    adoptUser(db, ports.vault, {
      ...adoptionOf(adopting, peer, now),
      owner,
      ms,
    }),
  );
  if (adopted.kind !== "adopted") return { identity, ...adopted };
  await ports.startCalendar(adopted.ref);
  return line;
}

/** What the host has of a user, and the order's part. */
function adoptionOf({ ports, request, order, plan, epoch }: Adopting, peer: Peer, now: Instant) {
  const { identity, user, origin, uploadedBytes, downloadedBytes, lastHandshakeAt } = peer;
  const { requestId, operatorName, hostId } = request;
  return {
    user: {
      hostId,
      identity,
      address: user === undefined ? peer.addresses[0] : undefined,
      presharedHash: peer.presharedHash,
      secrets: origin?.secrets ?? ports.newAccess().secrets,
      counter: { epoch: peer.epoch ?? epoch, uploadedBytes, downloadedBytes, lastHandshakeAt },
      deviceLimit: user?.terms.deviceLimit,
    },
    plan,
    language: order.language,
    by: { requestId, operatorName },
    before: { note: origin?.note ?? null, isLetIn: user?.isLetIn ?? true, ...user?.terms },
    now,
  };
}

function countsOf(lines: readonly AdoptionLine[]) {
  const counts = { adopted: 0, external: 0, known: 0, refused: 0 };
  for (const { kind } of lines) counts[kind] += 1;
  return counts;
}
