import { v7 } from "uuid";
import type { AdoptionRefusal } from "../../domain/access/adoption.ts";
import { noPresharedHash } from "../../domain/access/host.ts";
import type { SubscriptionRef } from "../../domain/access/subscription.ts";
import { adoptedSubscriptionIdOf, firstDeviceId } from "../../domain/derived-ids.ts";
import { customerId, type HostId, type TelegramId } from "../../domain/ids.ts";
import type { Plan } from "../../domain/payments/plan.ts";
import type { Language } from "../../domain/people/customer.ts";
import type { Instant } from "../../domain/time.ts";
import type { Queries } from "../orm.ts";
import { type CustomerRow, lockCustomer } from "../people/customers.ts";
import { sql } from "../prepared.ts";
import type { Vault } from "../vault.ts";
import { type AdoptionOrigin, operatorActor } from "./external-users.ts";
import { assignDeviceRights } from "./device-rights.ts";
import { accessPurpose } from "./devices.ts";
import { lockPlaces } from "./placement.ts";
import { lockSubscription, openSubscription } from "./subscriptions.ts";
import { bookTime } from "./time-lots.ts";

/** A user or a peer of a host that becomes a customer's device, as the host has it. */
export interface AdoptedUser {
  readonly hostId: HostId;
  readonly identity: string;
  /** Undefined: the host is a panel. */
  readonly address: string | undefined;
  readonly presharedHash: string | undefined;
  /** What a new access of the panel would be made of, or what is known of the peer's keys. */
  readonly secrets: string;
  /** Its counters now: what it has moved before belongs to nobody's allowance. */
  readonly counter: {
    readonly epoch: string;
    readonly uploadedBytes: number;
    readonly downloadedBytes: number;
    readonly lastHandshakeAt: Instant | undefined;
  };
  /** How many devices the panel lets use it; undefined: any number. */
  readonly deviceLimit: number | undefined;
}

/** To whom it goes, and with what. */
export interface Adoption {
  readonly user: AdoptedUser;
  readonly owner: TelegramId;
  readonly plan: Plan;
  /** How much access they get; 0: none. */
  readonly ms: number;
  readonly language: Language;
  readonly by: AdoptionOrigin;
  /** What the host said of it before, for the audit log. */
  readonly before: Readonly<Record<string, unknown>>;
  readonly now: Instant;
}

/** What became of a user; `known`: it was taken over before. */
export type Adopted =
  | { readonly kind: "adopted"; readonly ref: SubscriptionRef }
  | { readonly kind: "known" }
  | { readonly kind: "refused"; readonly why: AdoptionRefusal };

/** What an adoption is known by: its request, its time and its audit row. */
export const adoptionCause = (hostId: HostId, identity: string): string =>
  `adopt/${hostId}/${identity}`;

/**
 * Makes a user of a host the device of a customer, who is made where there is none: with a
 * subscription of the plan, the time, and what the host has: name, address, keys. Once for each
 * identity. Call it in a transaction.
 */
export async function adoptUser(db: Queries, vault: Vault, adoption: Adoption): Promise<Adopted> {
  const { user, owner, plan, ms, now } = adoption;
  const cause = adoptionCause(user.hostId, user.identity);
  const customer = await findOrMakeCustomer(db, adoption);
  const held = await findHolder(db, user);
  if (held !== undefined) return held;
  if (customer.status === "blocked") return { kind: "refused", why: "blocked" };
  const ref = await openFor(db, { customer, owner, cause });
  await db
    .updateTable("subscriptions")
    .set({ plan: plan.code, planVersion: plan.version, deviceLimit: plan.deviceLimit })
    .where("id", "=", ref.id as string)
    .execute();
  await writeAudit(db, adoption, ref, cause);
  const locked = await lockSubscription(db, ref.id);
  if (locked !== undefined && ms > 0) {
    await bookTime(db, locked, [{ kind: "import", cause, ms, at: now }], plan);
  }
  await insertDevice(db, vault, { adoption, ref, cause });
  await assignDeviceRights(db, ref.id, now);
  return { kind: "adopted", ref };
}

/** Whose it is already, or why it cannot be anybody's. */
async function findHolder(db: Queries, user: AdoptedUser): Promise<Adopted | undefined> {
  const { hostId, identity, address } = user;
  await lockPlaces(db);
  const row = await db
    .selectFrom("accesses")
    .select("hostId")
    .where("identity", "=", identity)
    .executeTakeFirst();
  if (row !== undefined) {
    return row.hostId === hostId ? { kind: "known" } : { kind: "refused", why: "identityTaken" };
  }
  if (address === undefined) return undefined;
  const holder = await db
    .selectFrom("accesses")
    .select("id")
    .where("hostId", "=", hostId as string)
    .where("address", "=", address)
    .where("removedAt", "is", null)
    .executeTakeFirst();
  return holder && { kind: "refused", why: "addressTaken" };
}

async function findOrMakeCustomer(
  db: Queries,
  { owner, language, user, now }: Adoption,
): Promise<CustomerRow> {
  const at = new Date(now);
  // Their names come with their first message to the bot.
  const names = { firstName: user.identity, language, role: "customer" } as const;
  await db
    .insertInto("customers")
    .values({ id: v7(), telegramId: owner, ...names, status: "active", lastActivityAt: at })
    .onConflict((row) => row.column("telegramId").doNothing())
    .execute();
  const customer = await lockCustomer(db, owner);
  if (customer === undefined) throw new Error(`customer ${owner} is gone`);
  return customer;
}

/** A customer without a subscription gets their first one, the others a further one. */
async function openFor(
  db: Queries,
  {
    customer,
    owner,
    cause,
  }: { readonly customer: CustomerRow; readonly owner: TelegramId; readonly cause: string },
): Promise<SubscriptionRef> {
  const of = customerId(customer.id);
  const has = await db
    .selectFrom("subscriptions")
    .select("id")
    .where("customerId", "=", customer.id)
    .limit(1)
    .executeTakeFirst();
  if (has === undefined) {
    const opened = await openSubscription(db, owner);
    if (opened === undefined) throw new Error(`customer ${owner} was blocked under our lock`);
    return opened.ref;
  }
  if (customer.status !== "active") {
    const active = { status: "active", rejectedAt: null } as const;
    await db.updateTable("customers").set(active).where("id", "=", customer.id).execute();
  }
  const id = adoptedSubscriptionIdOf(of, cause);
  // Also without time it is listed: its owner can extend it and go on with the same key.
  const number = sql<number>`(select coalesce(max(number), 0) + 1 from subscriptions
    where customer_id = ${customer.id}::uuid)`;
  await db
    .insertInto("subscriptions")
    .values({ id: id as string, customerId: customer.id, number, plan: "", deviceLimit: 1 })
    .execute();
  return { id, customerId: of, telegramId: owner };
}

async function writeAudit(
  db: Queries,
  { user, ms, plan, by, before, now }: Adoption,
  ref: SubscriptionRef,
  cause: string,
): Promise<void> {
  const { hostId, identity } = user;
  await db
    .insertInto("audit_log")
    .values({
      requestId: cause,
      actor: operatorActor,
      act: "adopt",
      customerId: ref.customerId,
      before,
      after: {
        ...by,
        hostId,
        identity,
        subscription: ref.id,
        plan: plan.code,
        addedDays: Math.round(ms / 8_640_000) / 10,
      },
      at: new Date(now),
    })
    .execute();
}

async function insertDevice(
  db: Queries,
  vault: Vault,
  {
    adoption: { user, now },
    ref,
    cause,
  }: { readonly adoption: Adoption; readonly ref: SubscriptionRef; readonly cause: string },
): Promise<void> {
  const { hostId, identity, address, presharedHash = noPresharedHash, secrets, counter } = user;
  const at = new Date(now);
  const deviceId = firstDeviceId(ref.id) as string;
  const subscriptionId = ref.id as string;
  const device = { id: deviceId, subscriptionId, name: nameOf(identity, address), createdAt: at };
  await db.insertInto("devices").values(device).execute();
  const id = v7();
  const sealed = { secretsEncrypted: vault.seal(secrets, accessPurpose(id)), presharedHash };
  const there = { hostId, address: address ?? null, onHost: true, placedAt: at, givenAt: at };
  const owned = { deviceId, subscriptionId, requestId: cause, createdAt: at };
  await db
    .insertInto("accesses")
    .values({
      id,
      identity,
      ...sealed,
      ...there,
      ...owned,
      adoptedAt: at,
      deviceLimit: user.deviceLimit ?? 0,
      isKeyKnown: address === undefined,
    })
    .execute();
  await db
    .insertInto("traffic_counters")
    .values({
      identity,
      deviceId,
      epoch: counter.epoch,
      uploadedRaw: counter.uploadedBytes,
      downloadedRaw: counter.downloadedBytes,
      uploaded: 0,
      downloaded: 0,
      lastHandshakeAt: counter.lastHandshakeAt ? new Date(counter.lastHandshakeAt) : null,
      updatedAt: at,
    })
    .execute();
  for (const table of ["unknown_peers", "external_users"] as const) {
    await db
      .deleteFrom(table)
      .where("hostId", "=", hostId as string)
      .where("identity", "=", identity)
      .execute();
  }
}

const longestName = 32;

/** A public key says nothing to its owner; the name that a panel's user has may. */
const nameOf = (identity: string, address: string | undefined): string =>
  (address ?? identity).slice(0, longestName);
