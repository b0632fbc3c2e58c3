import { createHash } from "node:crypto";
import {
  nextTryMs,
  type QuarantineKind,
  triesBeforeHelp,
} from "../../domain/operations/reconciliation.ts";
import type { GatewayName, PaymentId } from "../../domain/payments/payment.ts";
import { addMs, type Instant } from "../../domain/time.ts";
import { type EntityManager, inTransaction, type Queries, queriesOf } from "../orm.ts";
import { notifyAdmins } from "../people/admin-notices.ts";
import { anyOf } from "../prepared.ts";

/** A line, lookup or event that could not be handled. */
export interface Trouble {
  readonly key: string;
  readonly gateway: GatewayName;
  readonly kind: QuarantineKind;
  /** What it was, verbatim. */
  readonly evidence: string;
  readonly reason: string;
}

/** What is in quarantine, verbatim, under the key by which it is resolved. */
export interface QuarantinedItem {
  readonly key: string;
  readonly evidence: string;
}

/** The key of a statement line: the same line is quarantined once, however often it is read. */
export const lineKey = (gateway: GatewayName, evidence: string): string =>
  `${gateway}/line/${createHash("sha256").update(evidence).digest("hex")}`;

/** The key of a payment's lookup. */
export const lookupKey = (gateway: GatewayName, id: PaymentId): string => `${gateway}/lookup/${id}`;

/**
 * Stores what could not be handled with the reason and the time of the next try,
 * so that the rest goes on.
 */
export class Quarantine {
  readonly #em: EntityManager;

  constructor(em: EntityManager) {
    this.#em = em;
  }

  /**
   * Quarantines something, and notifies admins once when it needs a person. If it is there already
   * it stays as it is: seeing it again does not count as a retry.
   */
  async putAside(trouble: Trouble, now: Instant): Promise<void> {
    await this.#write(trouble, now, "first");
  }

  /**
   * Records a failed retry.
   * @returns when the next one is due.
   */
  async failAgain(trouble: Trouble, now: Instant): Promise<Instant> {
    return this.#write(trouble, now, "retry");
  }

  async #write(trouble: Trouble, now: Instant, how: "first" | "retry"): Promise<Instant> {
    const { key, gateway, kind } = trouble;
    return inTransaction(this.#em, async (db) => {
      const before = await db
        .selectFrom("quarantine")
        .select(["tries", "firstAt", "nextTryAt"])
        .where("key", "=", key)
        .where("resolvedAt", "is", null)
        .forUpdate()
        .executeTakeFirst();
      if (before !== undefined && how === "first") return now;
      const tries = (before?.tries ?? 0) + 1;
      const next = addMs(now, nextTryMs(kind, tries));
      const firstAt = before?.firstAt ?? new Date(now);
      await writeRow(db, trouble, { tries, firstAt, nextTryAt: new Date(next) });
      if (tries >= triesBeforeHelp[kind]) {
        const reason = withoutNul(trouble.reason);
        const notice = { kind: "quarantined", gateway, reason } as const;
        await notifyAdmins(db, `quarantine/${key}/${firstAt.getTime()}`, notice);
      }
      return next;
    });
  }

  /** What is due for a retry, the longest waiting first; at most 100. */
  async listDue(
    gateway: GatewayName,
    kind: QuarantineKind,
    now: Instant,
  ): Promise<QuarantinedItem[]> {
    return queriesOf(this.#em.fork())
      .selectFrom("quarantine")
      .select(["key", "evidence"])
      .where("gateway", "=", gateway)
      .where("kind", "=", kind)
      .where("resolvedAt", "is", null)
      .where("nextTryAt", "<=", new Date(now))
      .orderBy("nextTryAt")
      .limit(100)
      .execute();
  }

  /** Records that these are handled. Keys that are absent or resolved stay as they are. */
  async resolve(keys: readonly string[], now: Instant): Promise<void> {
    if (keys.length === 0) return;
    await queriesOf(this.#em.fork())
      .updateTable("quarantine")
      .set({ resolvedAt: new Date(now), nextTryAt: null })
      .where("key", "=", anyOf(keys))
      .where("resolvedAt", "is", null)
      .execute();
  }

  /** Whether something of this gateway is in quarantine that needs a person. */
  async needsHelp(gateway: GatewayName): Promise<boolean> {
    const row = await queriesOf(this.#em.fork())
      .selectFrom("quarantine")
      .select("key")
      .where("gateway", "=", gateway)
      .where("resolvedAt", "is", null)
      .where((is) => is.or([is("kind", "<>", "lookup"), is("tries", ">=", triesBeforeHelp.lookup)]))
      .limit(1)
      .executeTakeFirst();
    return row !== undefined;
  }
}

async function writeRow(
  db: Queries,
  { key, gateway, kind, evidence, reason }: Trouble,
  { tries, firstAt, nextTryAt }: { tries: number; firstAt: Date; nextTryAt: Date },
): Promise<void> {
  const row = { gateway, kind, evidence: withoutNul(evidence), reason: withoutNul(reason) };
  await db
    .insertInto("quarantine")
    .values({ key, ...row, tries, firstAt, nextTryAt })
    .onConflict((conflict) =>
      conflict.column("key").doUpdateSet((of) => ({
        evidence: of.ref("excluded.evidence"),
        reason: of.ref("excluded.reason"),
        tries: of.ref("excluded.tries"),
        firstAt: of.ref("excluded.firstAt"),
        nextTryAt: of.ref("excluded.nextTryAt"),
        resolvedAt: null,
      })),
    )
    .execute();
}

/** PostgreSQL text cannot hold NUL, and a NUL may be the very reason for the quarantine. */
const withoutNul = (text: string): string => text.replaceAll("\u0000", "\\u0000");
