import { type DeviceId, type HostId, hostId, type SubscriptionId } from "../../domain/ids.ts";
import type { ApprovalQuestion } from "../../domain/messaging/announcements.ts";
import { type Money, money } from "../../domain/money.ts";
import type { Extra, PaymentId, PaymentState } from "../../domain/payments/payment.ts";
import type { ApprovalSubject, RejectReason } from "../../domain/people/approval.ts";
import type { Language } from "../../domain/people/customer.ts";
import { type Instant, instant } from "../../domain/time.ts";
import { countAll } from "../expressions.ts";
import type { Queries } from "../orm.ts";
import { extraOf } from "../payments/orders.ts";
import { type AccessOwner, listOwners } from "../queries/access/owners.ts";

/** An order's data from which its messages are made. */
export interface InvoiceFacts {
  readonly id: PaymentId;
  readonly state: PaymentState;
  /** As the gateway's port returned it. */
  readonly invoice: Readonly<Record<string, string>> | undefined;
  readonly gateway: string;
  readonly price: Money;
  /** What is bought beside the plans; undefined: a plan, which days, code and names are of. */
  readonly extra: Extra | undefined;
  readonly days: number;
  readonly planCode: string;
  readonly planNames: Partial<Record<Language, string>>;
  readonly lapsesAt: Instant;
  /** Its customer is blocked. */
  readonly isBlocked: boolean;
  /** The masked number of the card that was saved with it, while it renews the subscription. */
  readonly savedCard?: string;
  /** Which subscription it is for, where its customer has others; `new`: it begins one. */
  readonly about?: number | "new";
}

/** Undefined: the payment does not exist. */
export async function findInvoiceFacts(
  db: Queries,
  id: PaymentId,
): Promise<InvoiceFacts | undefined> {
  const row = await db
    .selectFrom("payments")
    .leftJoin("plans", (join) =>
      join
        .onRef("plans.code", "=", "payments.plan")
        .onRef("plans.version", "=", "payments.planVersion"),
    )
    .select(["payments.state", "payments.invoice", "payments.gateway", "payments.priceMinor"])
    .select([
      "payments.currency",
      "payments.days",
      "payments.plan",
      "payments.id",
      "payments.extra",
      "payments.extraBytes",
      "payments.extraUntil",
      "payments.lapsesAt",
    ])
    .innerJoin("customers", "customers.id", "payments.customerId")
    .innerJoin("subscriptions", "subscriptions.id", "payments.subscriptionId")
    .select(["plans.names", "customers.status", "subscriptions.number"])
    .leftJoin("card_consents as k", (join) =>
      join.onRef("k.orderId", "=", "payments.id").on("k.state", "=", "saved"),
    )
    .leftJoin("renewals as r", (join) =>
      join
        .onRef("r.subscriptionId", "=", "k.subscriptionId")
        .on("r.isOn", "=", true)
        .on("r.kind", "=", "card"),
    )
    .select(["k.orderId as keptBy", "r.cardPan"])
    .select((of) =>
      of
        .exists(
          of
            .selectFrom("subscriptions as o")
            .select("o.id")
            .whereRef("o.customerId", "=", "payments.customerId")
            .whereRef("o.id", "<>", "payments.subscriptionId")
            .where("o.number", "is not", null)
            .where("o.revokedAt", "is", null),
        )
        .as("hasOthers"),
    )
    .where("payments.id", "=", id)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  return {
    id,
    state: row.state,
    invoice: row.invoice ?? undefined,
    gateway: row.gateway,
    price: money(row.priceMinor, row.currency),
    extra: extraOf(row),
    days: row.days ?? 0,
    planCode: row.plan ?? "",
    planNames: row.names ?? {},
    lapsesAt: instant(row.lapsesAt),
    isBlocked: row.status === "blocked",
    ...(row.keptBy === null || row.cardPan === null ? {} : { savedCard: row.cardPan }),
    ...(row.hasOthers && row.extra !== "topUp" ? { about: row.number ?? ("new" as const) } : {}),
  };
}

/** By what a subscription is known to its customer. */
export interface SubscriptionFacts {
  readonly number: number;
  readonly plan: string;
  readonly planNames: Partial<Record<Language, string>> | undefined;
}

/** One of several subscriptions that a customer has; undefined: it is their only one. */
export async function findOneOfSeveral(
  db: Queries,
  id: SubscriptionId,
): Promise<SubscriptionFacts | undefined> {
  const row = await db
    .selectFrom("subscriptions as s")
    .leftJoin("plans as p", (join) =>
      join.onRef("p.code", "=", "s.plan").onRef("p.version", "=", "s.planVersion"),
    )
    .select(["s.number", "s.plan", "p.names"])
    .where("s.id", "=", id as string)
    .where((of) =>
      of.exists(
        of
          .selectFrom("subscriptions as o")
          .select("o.id")
          .whereRef("o.customerId", "=", "s.customerId")
          .whereRef("o.id", "<>", "s.id")
          .where("o.number", "is not", null)
          .where("o.revokedAt", "is", null),
      ),
    )
    .executeTakeFirst();
  if (!row?.number) return undefined;
  return { number: row.number, plan: row.plan, planNames: row.names ?? undefined };
}

/** A device's current key. */
export interface KeyFacts {
  readonly accessId: string;
  readonly hostId: HostId;
  readonly identity: string;
  /** Undefined: the host is a panel. */
  readonly address: string | undefined;
  readonly address6: string | undefined;
  readonly label: string;
  /** Sealed for `access/<id>`. */
  readonly secretsEncrypted: string;
  /** False: its owner alone has the private key. */
  readonly isKeyKnown: boolean;
}

/** A device's current key; undefined: the device was revoked, or its access has no host yet. */
export async function findKeyFacts(db: Queries, id: DeviceId): Promise<KeyFacts | undefined> {
  const row = await db
    .selectFrom("accesses")
    .innerJoin("devices", "devices.id", "accesses.deviceId")
    .select(["accesses.id", "accesses.hostId", "accesses.identity", "accesses.address"])
    .select(["accesses.address6", "accesses.secretsEncrypted", "accesses.isKeyKnown"])
    .select("devices.name")
    .where("accesses.deviceId", "=", id)
    .where("accesses.retiredAt", "is", null)
    .where("devices.revokedAt", "is", null)
    .executeTakeFirst();
  if (!row?.hostId) return undefined;
  return {
    accessId: row.id,
    hostId: hostId(row.hostId),
    identity: row.identity,
    address: row.address ?? undefined,
    address6: row.address6 ?? undefined,
    label: row.name,
    secretsEncrypted: row.secretsEncrypted,
    isKeyKnown: row.isKeyKnown,
  };
}

/** A person's names, as Telegram has them. */
export interface PersonName {
  readonly firstName: string;
  readonly lastName: string | undefined;
}

/** A question to admins, and its outcome. */
export interface ApprovalFacts {
  readonly subject: ApprovalSubject;
  readonly state: "open" | "approved" | "rejected" | "lapsed";
  readonly askedAt: Instant;
  readonly decidedAt: Instant | undefined;
  /** The person it is about. */
  readonly person:
    | (PersonName & { readonly username: string | undefined; readonly language: Language })
    | undefined;
  /** The person who invited them. */
  readonly invitedBy: (PersonName & { readonly telegramId: number }) | undefined;
  readonly decidedBy: PersonName | undefined;
  readonly reason: RejectReason | undefined;
  /** The admin who has undone the decision. */
  readonly undoneBy: PersonName | undefined;
  readonly undoneAt: Instant | undefined;
  /** Whose the accesses are that are named in a question about a host. */
  readonly owners?: readonly AccessOwner[];
}

/** Undefined: the question does not exist. */
export async function findApprovalFacts(
  db: Queries,
  { approvalId, ask }: ApprovalQuestion,
): Promise<ApprovalFacts | undefined> {
  const row = await db
    .selectFrom("approvals as a")
    .leftJoin("customers as p", "p.id", "a.customerId")
    .leftJoin("customers as i", "i.id", "p.referrerId")
    .leftJoin("customers as d", "d.telegramId", "a.decidedBy")
    .leftJoin("customers as u", "u.telegramId", "a.undoneBy")
    .select(["a.subject", "a.state", "a.askedAt", "a.decidedAt", "a.reason", "a.undoneAt"])
    .select(["u.firstName as undoerFirst", "u.lastName as undoerLast"])
    .select(["p.firstName as personFirst", "p.lastName as personLast", "p.username", "p.language"])
    .select(["i.telegramId as invitedBy"])
    .select(["i.firstName as inviterFirst", "i.lastName as inviterLast"])
    .select(["d.firstName as deciderFirst", "d.lastName as deciderLast"])
    .where("a.approvalId", "=", approvalId)
    .where("a.ask", "=", ask)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const { subject, state, personFirst, deciderFirst } = row;
  const lastName = row.personLast ?? undefined;
  return {
    subject,
    state,
    askedAt: instant(row.askedAt),
    decidedAt: row.decidedAt ? instant(row.decidedAt) : undefined,
    person:
      personFirst === null
        ? undefined
        : {
            firstName: personFirst,
            lastName,
            username: row.username ?? undefined,
            language: row.language ?? "en",
          },
    invitedBy:
      row.invitedBy === null || row.inviterFirst === null
        ? undefined
        : {
            telegramId: row.invitedBy,
            firstName: row.inviterFirst,
            lastName: row.inviterLast ?? undefined,
          },
    decidedBy: personName(deciderFirst, row.deciderLast),
    reason: row.reason ?? undefined,
    undoneBy: personName(row.undoerFirst, row.undoerLast),
    undoneAt: row.undoneAt ? instant(row.undoneAt) : undefined,
    ...(subject.kind === "removals" && subject.some !== undefined
      ? { owners: await listOwners(db, subject.some) }
      : {}),
  };
}

const personName = (firstName: string | null, lastName: string | null): PersonName | undefined =>
  firstName === null ? undefined : { firstName, lastName: lastName ?? undefined };

/** How many questions to admins, or unmatched payments, are open. */
export async function countOpen(db: Queries, of: "approvals" | "unmatched"): Promise<number> {
  const { count } = await db
    .selectFrom(of)
    .select(countAll.as("count"))
    .where("state", "=", "open")
    .executeTakeFirstOrThrow();
  return count;
}
