import type { EntityManager } from "@mikro-orm/postgresql";
import { displayName } from "../../domain/customer.ts";
import type { ApprovalSubject } from "../../domain/approval.ts";
import { type ApprovalId, type TelegramId, telegramId } from "../../domain/ids.ts";
import { type Instant, instant } from "../../domain/time.ts";
import { onlineForMs } from "../../domain/traffic.ts";

export interface OpenRequest {
  readonly approvalId: ApprovalId;
  readonly ask: string;
  readonly kind: ApprovalSubject["kind"];
  readonly telegramId: TelegramId;
  readonly name: string;
  readonly askedAt: Instant;
}

export const timelineKinds = [
  "joined",
  "asked",
  "approved",
  "rejected",
  "lapsed",
  "trial",
  "admin",
  "payment",
  "refund",
  "deviceAdded",
  "deviceRevoked",
  "extend",
  "block",
  "unblock",
  "revoke",
] as const;

export interface TimelineEntry {
  readonly at: Instant;
  readonly kind: (typeof timelineKinds)[number];
  /** A device's name, or how many days. */
  readonly detail: string;
  /** Who did it, where that was an admin. */
  readonly by: string;
}

export interface TodaysNumbers {
  readonly newToday: number;
  readonly waiting: number;
  readonly active: number;
  readonly devices: number;
  readonly online: number;
  readonly uploaded: number;
  readonly downloaded: number;
}

/** What admins look at. */
export class Desk {
  readonly #em: EntityManager;

  constructor(em: EntityManager) {
    this.#em = em;
  }

  /** Open requests, the longest waiting first. */
  async open(limit = 20): Promise<OpenRequest[]> {
    const rows: {
      approval_id: string;
      ask: string;
      kind: OpenRequest["kind"];
      asked_at: string;
      telegram_id: string;
      first_name: string;
      last_name: string | null;
    }[] = await this.#em.fork().execute(
      `select a.approval_id, a.ask, a.kind, a.asked_at, c.telegram_id, c.first_name, c.last_name
         from approvals a join customers c on c.id = a.customer_id
        where a.state = 'open' order by a.asked_at limit ?`,
      [limit],
    );
    return rows.map((row) => ({
      approvalId: row.approval_id as ApprovalId,
      ask: row.ask,
      kind: row.kind,
      telegramId: telegramId(Number(row.telegram_id)),
      name: displayName({ firstName: row.first_name, lastName: row.last_name ?? undefined }),
      askedAt: instant(row.asked_at),
    }));
  }

  /** What happened to a customer, newest first. */
  async timeline(of: TelegramId, limit = 15): Promise<TimelineEntry[]> {
    const rows: { at: string; kind: TimelineEntry["kind"]; detail: string; by: string }[] =
      await this.#em.fork().execute(timelineQuery, [of, limit]);
    return rows.map(({ at, kind, detail, by }) => ({ at: instant(at), kind, detail, by }));
  }

  async numbers(now: Instant): Promise<TodaysNumbers> {
    const today = now.slice(0, 10);
    const onlineSince = new Date(Date.parse(now) - onlineForMs);
    const [row]: Record<keyof TodaysNumbers, string>[] = await this.#em.fork().execute(
      `select
         (select count(*) from customers where created_at >= ?::date) as "newToday",
         (select count(*) from approvals where state = 'open') as waiting,
         (select count(*) from subscriptions where state in ('active', 'grace')) as active,
         (select count(*) from devices where revoked_at is null) as devices,
         (select count(*) from traffic_counters where last_handshake_at > ?) as online,
         (select coalesce(sum(uploaded), 0) from traffic_daily where day = ?::date) as uploaded,
         (select coalesce(sum(downloaded), 0) from traffic_daily where day = ?::date) as downloaded`,
      [today, onlineSince, today, today],
    );
    const number = (key: keyof TodaysNumbers) => Number(row?.[key] ?? 0);
    return {
      newToday: number("newToday"),
      waiting: number("waiting"),
      active: number("active"),
      devices: number("devices"),
      online: number("online"),
      uploaded: number("uploaded"),
      downloaded: number("downloaded"),
    };
  }
}

const timelineQuery = `
  with person as (select id, created_at from customers where telegram_id = ?),
  happened as (
    select created_at as at, 'joined' as kind, '' as detail, null::bigint as actor from person
    union all
    select a.asked_at, 'asked', '', null from approvals a join person p on a.customer_id = p.id
     where a.kind = 'signup'
    union all
    select a.decided_at, a.state, '', a.decided_by
      from approvals a join person p on a.customer_id = p.id
     where a.kind = 'signup' and a.decided_at is not null
    union all
    select g.granted_at, g.kind, g.days::text, null
      from grants g join subscriptions s on s.id = g.subscription_id
      join person p on p.id = s.customer_id
    union all
    select d.created_at, 'deviceAdded', d.name, null
      from devices d join subscriptions s on s.id = d.subscription_id
      join person p on p.id = s.customer_id
    union all
    select d.revoked_at, 'deviceRevoked', d.name, null
      from devices d join subscriptions s on s.id = d.subscription_id
      join person p on p.id = s.customer_id where d.revoked_at is not null
    union all
    select l.at, l.act, coalesce(l.after->>'addedDays', ''), l.actor
      from audit_log l join person p on l.customer_id = p.id
     where l.act in ('extend', 'block', 'unblock', 'revoke'))
  select h.at, h.kind, h.detail, coalesce(a.first_name, '') as by
    from happened h left join customers a on a.telegram_id = h.actor
   order by h.at desc limit ?`;
