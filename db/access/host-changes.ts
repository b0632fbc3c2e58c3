import type { KeyPart } from "../../domain/access/credentials.ts";
import {
  type DeviceId,
  deviceId,
  type HostId,
  subscriptionId,
  type TelegramId,
  telegramId,
} from "../../domain/ids.ts";
import { keyMessage, noticeTo, type OutgoingMessage } from "../../domain/messaging/message.ts";
import type { Instant } from "../../domain/time.ts";
import { moment } from "../expressions.ts";
import { enqueue } from "../messaging/messages.ts";
import type { Queries } from "../orm.ts";
import { anyId, anyOf } from "../prepared.ts";
import { hasOther } from "../queries/access/access-rights.ts";
import { recordsOf } from "../rows.ts";
import { endOverlaps, messagesAbout } from "./moved-accesses.ts";

/** The message that shows a device's key; its text is rendered when it is sent. */
export const accessKeyMessage = (
  to: TelegramId,
  of: {
    readonly accessId: string;
    readonly deviceId: DeviceId;
    /** A request to show the key again; undefined: its first showing. */
    readonly requestId?: string;
    /** Undefined: the file. */
    readonly part?: KeyPart | undefined;
  },
): OutgoingMessage =>
  keyMessage(to, {
    deviceId: of.deviceId,
    cause: of.requestId === undefined ? of.accessId : `${of.accessId}/${of.requestId}`,
    part: of.part,
  });

/**
 * Records, before a host is asked to add these, that it may have them:
 * we may die before its answer is recorded.
 */
export async function beginPut(db: Queries, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await db
    .updateTable("accesses")
    .set({ putBegun: true })
    .where("id", "=", anyId(ids))
    .where("onHost", "=", false)
    .where("putBegun", "=", false)
    .execute();
}

/**
 * Records that the host has these, and sends the key of those that have it for the first time. The
 * access that one of them has followed from another host ends after their overlap.
 */
export async function recordApplied(
  db: Queries,
  ids: readonly string[],
  now: Instant,
): Promise<void> {
  if (ids.length === 0) return;
  const rows = await db
    .with("before", (with_) =>
      with_
        .selectFrom("accesses as a")
        .innerJoin("subscriptions as s", "s.id", "a.subscriptionId")
        .innerJoin("customers as c", "c.id", "s.customerId")
        .innerJoin("devices as d", "d.id", "a.deviceId")
        .select(["a.id", "a.deviceId as device", "c.telegramId as owner"])
        .select(["d.name", "s.id as about", "a.overlapMs", "a.moveCause", "a.keepsKey"])
        .select((of) =>
          of.and([of("a.givenAt", "is", null), of("a.retiredAt", "is", null)]).as("first"),
        )
        .where("a.id", "=", anyId(ids))
        .orderBy("a.id")
        .forUpdate("a"),
    )
    .with("written", (with_) =>
      with_
        .updateTable("accesses")
        .from("before as b")
        .set((of) => ({
          onHost: true,
          putBegun: false,
          refusal: null,
          givenAt: of.fn.coalesce("accesses.givenAt", moment(now)),
        }))
        .whereRef("accesses.id", "=", "b.id")
        .where((of) =>
          of.or([
            of("accesses.onHost", "=", false),
            of("accesses.putBegun", "=", true),
            of("accesses.refusal", "is not", null),
            of("accesses.givenAt", "is", null),
          ]),
        ),
    )
    .selectFrom("before")
    .select(["before.id", "before.device", "before.owner", "before.name", "before.about"])
    .select(["before.overlapMs", "before.moveCause", "before.keepsKey"])
    .where("before.first", "=", true)
    .execute();
  const followed = rows.filter(({ moveCause }) => moveCause !== null);
  if (followed.length > 0) await endOverlaps(db, followed, now);
  const messages = rows.flatMap((row) => {
    const to = telegramId(row.owner);
    const key = accessKeyMessage(to, { accessId: row.id, deviceId: deviceId(row.device) });
    return messagesAbout(row, { to, key, now });
  });
  await enqueue(db, messages);
}

/**
 * Records why a host refused these, and notifies each owner once; not those who come from another
 * host and can use that one meanwhile.
 */
export async function recordRefused(
  db: Queries,
  refused: readonly { readonly accessId: string; readonly reason: string }[],
  now: Instant,
): Promise<void> {
  if (refused.length === 0) return;
  const records = refused.map(({ accessId, reason }) => ({ id: accessId, reason }));
  const rows = await db
    .with("written", (with_) =>
      with_
        .updateTable("accesses")
        .from(recordsOf(records, "n", { id: "uuid", reason: "text" }))
        .set((of) => ({ refusal: of.ref("n.reason"), onHost: false, putBegun: false }))
        .whereRef("accesses.id", "=", "n.id")
        .where((of) =>
          of.or([of("accesses.retiredAt", "is", null), of("accesses.retiredAt", ">", moment(now))]),
        )
        .where((of) =>
          of.or([
            of("accesses.refusal", "is distinct from", of.ref("n.reason")),
            of("accesses.onHost", "=", true),
            of("accesses.putBegun", "=", true),
          ]),
        )
        .returning(["accesses.id", "accesses.subscriptionId as subscription"]),
    )
    .selectFrom("written as w")
    .innerJoin("subscriptions as s", "s.id", "w.subscription")
    .innerJoin("customers as c", "c.id", "s.customerId")
    .innerJoin("accesses as a", "a.id", "w.id")
    .select(["w.id", "w.subscription", "c.telegramId as owner"])
    .where((of) => of.not(hasOther(now)))
    .execute();
  await enqueue(
    db,
    rows.map(({ id, subscription, owner }) => {
      const about = subscriptionId(subscription);
      return noticeTo(telegramId(owner), `refused/${id}`, { kind: "hostRefused" }, about);
    }),
  );
}

/**
 * Records that the host does not have these, so that their counters start at 0
 * when it has them again; those of users whom a panel keeps go on (`keepsCounters`).
 */
export async function recordGone(
  db: Queries,
  {
    hostId,
    identities,
    now,
    keepsCounters = false,
  }: {
    readonly hostId: HostId;
    readonly identities: readonly string[];
    readonly now: Instant;
    readonly keepsCounters?: boolean;
  },
): Promise<void> {
  if (identities.length === 0) return;
  await db
    .with("counters", (with_) =>
      with_
        .updateTable("traffic_counters")
        .set({ uploadedRaw: 0, downloadedRaw: 0 })
        .where("identity", "=", anyOf(keepsCounters ? [] : identities))
        .where((of) => of.or([of("uploadedRaw", ">", 0), of("downloadedRaw", ">", 0)])),
    )
    .updateTable("accesses")
    .set((of) => ({
      onHost: false,
      putBegun: false,
      removedAt: of
        .case()
        .when("retiredAt", "<=", moment(now))
        .then(of.fn.coalesce("removedAt", moment(now)))
        .end(),
    }))
    .where("hostId", "=", hostId as string)
    .where("identity", "=", anyOf(identities))
    .execute();
}
