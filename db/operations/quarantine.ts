import { createHash } from "node:crypto";
import {
  nextTryMs,
  type QuarantineKind,
  triesBeforeHelp,
} from "../../domain/operations/reconciliation.ts";
import type { GatewayName, PaymentId } from "../../domain/payments/payment.ts";
import { addMs, type Instant } from "../../domain/time.ts";
import { type EntityManager, inTransaction, type Queries, queriesOf } from "../orm.ts";
import { anyOf, sql } from "../prepared.ts";
import { tellAdmins } from "./statements.ts";

/** Something that could not be handled. */
export interface Trouble {
  readonly key: string;
  readonly gateway: GatewayName;
  readonly kind: QuarantineKind;
  /** What it was, word for word. */
  readonly evidence: string;
  readonly reason: string;
}

export interface Quarantined {
  readonly key: string;
  readonly evidence: string;
}

/** The key of a line: the same line is put aside once, however often it is read. */
export const lineKey = (gateway: GatewayName, evidence: string): string =>
  `${gateway}/line/${createHash("sha256").update(evidence).digest("hex")}`;

export const lookupKey = (gateway: GatewayName, id: PaymentId): string => `${gateway}/lookup/${id}`;

/** What could not be handled, put aside with its reason and a time for the next try, so that the rest goes on. */
export class Quarantine {
  readonly #em: EntityManager;

  constructor(em: EntityManager) {
    this.#em = em;
  }

  /**
   * Puts something aside and tells the admins once, when it needs a person. What is there already stays as it is:
   * meeting it again is no new try.
   */
  async putAside(trouble: Trouble, now: Instant): Promise<void> {
    await this.#write(trouble, now, "meets");
  }

  /**
   * Notes a try that failed. @returns when the next one is due.
   */
  async failAgain(trouble: Trouble, now: Instant): Promise<Instant> {
    return this.#write(trouble, now, "tries");
  }

  async #write(trouble: Trouble, now: Instant, how: "meets" | "tries"): Promise<Instant> {
    const { key, gateway, kind } = trouble;
    return inTransaction(this.#em, async (db) => {
      const before = await db
        .selectFrom("quarantine")
        .select(["tries", "firstAt", "nextTryAt"])
        .where("key", "=", key)
        .where("resolvedAt", "is", null)
        .forUpdate()
        .executeTakeFirst();
      if (before !== undefined && how === "meets") return now;
      const tries = (before?.tries ?? 0) + 1;
      const next = addMs(now, nextTryMs(kind, tries));
      const firstAt = before?.firstAt ?? new Date(now);
      await writeRow(db, trouble, { tries, firstAt, nextTryAt: new Date(next) });
      if (tries >= triesBeforeHelp[kind]) {
        const reason = plain(trouble.reason);
        const notice = { kind: "quarantined", gateway, reason } as const;
        await tellAdmins(db, `quarantine/${key}/${firstAt.getTime()}`, notice);
      }
      return next;
    });
  }

  /** What is to be tried again now, those first that have waited longest. */
  async due(gateway: GatewayName, kind: QuarantineKind, now: Instant): Promise<Quarantined[]> {
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

  /** Notes that these are handled now. Whatever is not there, or was handled before, stays as it is. */
  async resolve(keys: readonly string[], now: Instant): Promise<void> {
    if (keys.length === 0) return;
    await queriesOf(this.#em.fork())
      .updateTable("quarantine")
      .set({ resolvedAt: new Date(now), nextTryAt: null })
      .where("key", "=", anyOf(keys))
      .where("resolvedAt", "is", null)
      .execute();
  }

  /** Whether something of this gateway waits that needs a person. */
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
  await sql`
    insert into quarantine (key, gateway, kind, evidence, reason, tries, first_at, next_try_at)
    values (${key}, ${gateway}, ${kind}, ${plain(evidence)}, ${plain(reason)}, ${tries}, ${firstAt}, ${nextTryAt})
    on conflict (key) do update
      set evidence = excluded.evidence, reason = excluded.reason, tries = excluded.tries,
          first_at = excluded.first_at, next_try_at = excluded.next_try_at, resolved_at = null
  `.execute(db);
}

/** PostgreSQL keeps no NUL: a line with one may be the very reason why it is put aside. */
const plain = (text: string): string => text.replaceAll("\u0000", "\\u0000");
