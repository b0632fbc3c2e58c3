import { setImmediate } from "node:timers/promises";
import type { AccessTerms } from "../../domain/access/host.ts";
import type { Instant } from "../../domain/time.ts";
import type { Queries } from "../orm.ts";
import { isLetIn, mayBeThere } from "../queries/access/access-rights.ts";
import { readMany, recordsOf } from "../rows.ts";
import type { Vault } from "../vault.ts";
import { accessPurpose } from "./devices.ts";
import { endOfRight, termsOf } from "./terms.ts";

/** An access with everything its host needs, as the port's `GrantedAccess`. */
export interface OpenedAccess {
  readonly accessId: string;
  readonly identity: string;
  readonly label: string;
  readonly address: string | undefined;
  readonly address6: string | undefined;
  readonly secrets: string;
  readonly terms: AccessTerms;
  /** Its host has had it before. */
  readonly isKnown: boolean;
}

/** The accesses that were asked for, by what can be done with each. */
export interface OpenedAccesses {
  readonly opened: readonly OpenedAccess[];
  /** Accesses that cannot be decrypted, with reasons that hold no secret. */
  readonly sealed: readonly { readonly accessId: string; readonly reason: string }[];
  /**
   * Identities that the host may have although their right has ended; their secrets are not opened.
   */
  readonly ended: readonly string[];
}

/** Secrets opened before yielding to the event loop: some milliseconds of work. */
const atAStretch = 100;

/**
 * Decrypts accesses that may be on a host now, in the given order. A row that cannot be decrypted
 * does not affect the others.
 */
export async function openAccesses(
  db: Queries,
  vault: Vault,
  { ids, now }: { readonly ids: readonly string[]; readonly now: Instant },
): Promise<OpenedAccesses> {
  const rows = await selectSealedAccesses(db, ids, now);
  const opened: OpenedAccess[] = [];
  const sealed: { accessId: string; reason: string }[] = [];
  const ended: string[] = [];
  for (const [
    index,
    { letIn, mayBeThere: isThere, end, limitBytes, deviceLimit, ...row },
  ] of rows.entries()) {
    if (index % atAStretch === atAStretch - 1) await setImmediate();
    if (!letIn) {
      if (isThere) ended.push(row.identity);
      continue;
    }
    try {
      const secrets = vault.open(row.secrets, accessPurpose(row.accessId));
      const terms = termsOf({ end, limitBytes, deviceLimit });
      const address = row.address ?? undefined;
      const address6 = row.address6 ?? undefined;
      opened.push({ ...row, address, address6, secrets, terms });
    } catch (error) {
      sealed.push({ accessId: row.accessId, reason: (error as Error).message });
    }
  }
  return { opened, sealed, ended };
}

interface SealedAccess extends Omit<OpenedAccess, "address" | "address6" | "terms"> {
  readonly address: string | null;
  readonly address6: string | null;
  readonly end: Date | string | null;
  readonly limitBytes: number | null;
  readonly deviceLimit: number | null;
  readonly letIn: boolean;
  /** As far as the database knows. */
  readonly mayBeThere: boolean;
}

async function selectSealedAccesses(
  db: Queries,
  ids: readonly string[],
  now: Instant,
): Promise<readonly SealedAccess[]> {
  if (ids.length === 0) return [];
  const wanted = ids.map((id, turn) => ({ id, turn }));
  return readMany(
    db,
    db
      .selectFrom(recordsOf(wanted, "wanted", { id: "uuid", turn: "bigint" }))
      .innerJoin("accesses as a", "a.id", "wanted.id")
      .innerJoin("devices as d", "d.id", "a.deviceId")
      .innerJoin("subscriptions as s", "s.id", "a.subscriptionId")
      .innerJoin("customers as c", "c.id", "s.customerId")
      .select(["a.id as accessId", "a.identity", "d.name as label", "a.address"])
      .select("a.address6")
      .select(["a.secretsEncrypted as secrets", isLetIn(now).as("letIn")])
      .select(["a.limitBytes as limitBytes", "a.deviceLimit as deviceLimit", endOfRight.as("end")])
      .select((of) => of("a.givenAt", "is not", null).$castTo<boolean>().as("isKnown"))
      .select((of) =>
        of
          .and([of("a.removedAt", "is", null), mayBeThere])
          .$castTo<boolean>()
          .as("mayBeThere"),
      )
      .orderBy("wanted.turn"),
  );
}
