import { allowanceAt } from "../../../domain/access/allowance.ts";
import { tokenPattern } from "../../../domain/access/link.ts";
import type { SubscriptionState } from "../../../domain/access/subscription.ts";
import { type DeviceId, deviceId } from "../../../domain/ids.ts";
import type { Language } from "../../../domain/people/customer.ts";
import { type Instant, instant } from "../../../domain/time.ts";
import { allowanceOf, allowanceOfS } from "../../access/allowances.ts";
import { filePurpose, hashToken, sourcePurpose, vaultOfToken } from "../../access/link-tokens.ts";
import { moment } from "../../expressions.ts";
import { sql } from "../../prepared.ts";
import { type EntityManager, queriesOf } from "../../orm.ts";
import { isLetIn, mayUse, stateAt } from "./access-rights.ts";

export { hashHwid, hashToken } from "../../access/link-tokens.ts";

/** What a device's link stands for now. */
export interface LinkFacts {
  readonly tokenHash: string;
  readonly deviceId: DeviceId;
  readonly deviceName: string;
  /** Undefined: the device waits for a host with room. */
  readonly access: { readonly id: string; readonly hostKind: string } | undefined;
  /** From where its servers are fetched. Secret. Undefined: it has to be found. */
  readonly source: string | undefined;
  readonly state: SubscriptionState;
  /** By the books the device may connect now. */
  readonly isLetIn: boolean;
  readonly paidUntil: Instant | undefined;
  readonly usedBytes: number;
  readonly limitBytes: number | undefined;
  readonly language: Language;
}

/** What a link to a file stands for. */
export type FileLinkState = "open" | "gone";

/** A key's file as it is given by a link. All of it is secret. */
export interface LinkedFile {
  readonly fileName: string;
  readonly conf: string;
}

/**
 * The access that the link of `devices as d` stands for: the current one; while its host does not
 * have it yet, the one that the device comes from. A part of a join has no builder.
 */
const accessOfLink = (now: Instant) => sql<string>`(
  select m.id from accesses m
   where m.device_id = ${sql.ref("d.id")}
     and (m.retired_at is null or m.retired_at > ${moment(now)})
   order by m.given_at is null, m.retired_at desc nulls first limit 1)`;

/** Links, for whoever has their token. */
export class LinkQueries {
  readonly #em: EntityManager;

  constructor(em: EntityManager) {
    this.#em = em;
  }

  /** Undefined: no device has this link, now or any more. */
  async find(token: string, now: Instant): Promise<LinkFacts | undefined> {
    if (!tokenPattern.test(token)) return undefined;
    const tokenHash = hashToken(token);
    const row = await this.#select(tokenHash, now).executeTakeFirst();
    if (row === undefined) return undefined;
    const { accessId, hostKind, sourceSealed } = row;
    // In whichever zone a period ends: how much is left does not depend on it.
    const clock = { now, zone: "UTC" };
    const { limitBytes, baseBytes } = allowanceAt(allowanceOf(row), row.movedBytes, clock);
    return {
      tokenHash,
      deviceId: deviceId(row.deviceId),
      deviceName: row.name,
      access: accessId !== null && hostKind !== null ? { id: accessId, hostKind } : undefined,
      source:
        sourceSealed === null || accessId === null
          ? undefined
          : vaultOfToken(token).open(sourceSealed, sourcePurpose(accessId)),
      state: row.state,
      isLetIn: row.letIn,
      paidUntil: row.paidUntil === null ? undefined : instant(row.paidUntil),
      usedBytes: Math.max(0, row.movedBytes - baseBytes),
      limitBytes,
      language: row.language,
    };
  }

  /** The phones and computers that use a device's link, the oldest first, as their apps name them. */
  async listHwids(id: DeviceId): Promise<{ readonly hash: string; readonly name: string }[]> {
    return queriesOf(this.#em)
      .selectFrom("link_hwids")
      .select(["hash", "name"])
      .where("deviceId", "=", id as string)
      .orderBy("addedAt")
      .orderBy("hash")
      .execute();
  }

  /** Undefined: there is no such link. */
  async findFileLink(token: string, now: Instant): Promise<FileLinkState | undefined> {
    if (!tokenPattern.test(token)) return undefined;
    const row = await queriesOf(this.#em)
      .selectFrom("file_links as f")
      .innerJoin("accesses as a", "a.id", "f.accessId")
      .innerJoin("subscriptions as s", "s.id", "a.subscriptionId")
      .innerJoin("customers as c", "c.id", "s.customerId")
      .select((of) => [
        of
          .and([of("f.usedAt", "is", null), of("f.expiresAt", ">", moment(now)), isLetIn(now)])
          .$castTo<boolean>()
          .as("isOpen"),
      ])
      .where("f.tokenHash", "=", hashToken(token))
      .executeTakeFirst();
    return row && (row.isOpen ? "open" : "gone");
  }

  /** The file that this request has used the link up for; undefined: it has not. */
  async openFile(token: string, requestId: string): Promise<LinkedFile | undefined> {
    const tokenHash = hashToken(token);
    const row = await queriesOf(this.#em)
      .selectFrom("file_links")
      .select("fileSealed")
      .where("tokenHash", "=", tokenHash)
      .where("usedBy", "=", requestId)
      .executeTakeFirst();
    if (!row?.fileSealed) return undefined;
    return JSON.parse(
      vaultOfToken(token).open(row.fileSealed, filePurpose(tokenHash)),
    ) as LinkedFile;
  }

  #select(tokenHash: string, now: Instant) {
    return queriesOf(this.#em)
      .selectFrom("device_links as l")
      .innerJoin("devices as d", "d.id", "l.deviceId")
      .innerJoin("subscriptions as s", "s.id", "d.subscriptionId")
      .innerJoin("customers as c", "c.id", "s.customerId")
      .leftJoin("accesses as a", (join) => join.on((of) => of("a.id", "=", accessOfLink(now))))
      .leftJoin("hosts as h", "h.id", "a.hostId")
      .leftJoin("link_sources as o", (join) =>
        join.onRef("o.accessId", "=", "a.id").onRef("o.tokenHash", "=", "l.tokenHash"),
      )
      .select(["l.deviceId as deviceId", "d.name", "a.id as accessId", "h.kind as hostKind"])
      .select(["o.sourceSealed as sourceSealed", "s.paidUntil as paidUntil", "c.language"])
      .select(allowanceOfS)
      .select([stateAt(now).as("state"), mayUse(now).as("letIn")])
      .where("l.tokenHash", "=", tokenHash)
      .where("d.revokedAt", "is", null);
  }
}
