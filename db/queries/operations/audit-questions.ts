import { type RawBuilder, sql } from "kysely";
import type { Disagreement } from "../../../domain/operations/disagreement.ts";
import { balanceGateway } from "../../../domain/payments/payment.ts";

/** What is wrong, as the question words it. */
interface QuestionRow {
  readonly about: string;
  readonly details: string;
}

/** The contradictions that one query finds; the others need a replay of the time lots. */
export type QuestionKind = Exclude<Disagreement["kind"], "wrongEnd" | "wrongTaken">;

/**
 * Queries that must return no rows. They are written in SQL, apart from the product's typed ones:
 * an auditor reads them, and a mistake in what both share would hide itself. The test of
 * `npm run books` breaks the books in the way of each and sees that it answers.
 */
export const questions: Readonly<Record<QuestionKind, RawBuilder<QuestionRow>>> = {
  unbalanced: sql`select fact as about, currency || ' sums to ' || sum(minor) as details
    from ledger_entries group by fact, currency having sum(minor) <> 0`,
  // Exempt is exactly the event whose decision says that its money bought nothing, not other events
  // of its payment.
  notBooked: sql`select e.gateway || '/' || (e.report->>'reference') as about,
         'was reported as paid and is in no charge and no unmatched row' as details
    from gateway_events e
   where e.report->>'kind' = 'paid'
     and not exists (select from charges c where c.gateway = e.gateway and c.reference = e.report->>'reference'
                        and c.paid_minor is not null)
     and not exists (select from unmatched u where u.gateway = e.gateway and u.reference = e.report->>'reference')
     and not exists (
       select from decisions d, jsonb_array_elements(d.effects) f
        where d.key = e.payment_id || '/' || e.gateway || '/' || (e.report->>'reference') || '/paid/'
                      || (e.report->'paid'->>'minor') || (e.report->'paid'->>'currency')
          and f->>'kind' in ('inconsistent', 'declined'))`,
  notGranted: sql`select p.id::text as about, 'money has bought time that was never given' as details
    from payments p
   where exists (select from charges c where c.payment_id = p.id and c.use = 'grant' and c.price_minor > 0)
     and not exists (select from time_lots t where t.cause = 'payment/' || p.id)
     and not exists (select from add_ons o where o.payment_id = p.id and o.kind = p.extra)`,
  grantedWithoutMoney: sql`select t.cause as about, t.ms || ' ms were given for no charge' as details
    from time_lots t
   where t.kind = 'payment'
     and not exists (select from charges c where c.use = 'grant' and 'payment/' || c.payment_id = t.cause)
   union all
  select o.payment_id::text, 'an add-on (' || o.kind || ') was given for no charge'
    from add_ons o
   where not exists (select from charges c where c.use = 'grant' and c.payment_id = o.payment_id)`,
  grantedWithoutAct: sql`select t.cause as about, t.ms || ' ms were given by nobody' as details
    from time_lots t
   where (t.kind = 'admin'
     and not exists (select from audit_log l where l.act = 'extend' and 'admin/' || l.request_id = t.cause))
      or (t.kind = 'import'
     and not exists (select from audit_log l where l.act = 'adopt' and l.request_id = t.cause))
      or (t.kind = 'maintenance'
     and not exists (select from give_backs g join host_maintenances m on m.id = g.maintenance_id
                      join audit_log l on l.after->>'givenBack' = m.id::text
                     where g.subscription_id = t.subscription_id and g.ms = t.ms
                       and t.cause = 'maintenance/' || m.id || '/' || g.subscription_id))`,
  wrongPrice: sql`select p.id::text as about,
         'its charges paid ' || sum(c.price_minor) || ' of the price of ' || p.price_minor as details
    from payments p join charges c on c.payment_id = p.id and c.use = 'grant'
   group by p.id having sum(c.price_minor) <> p.price_minor`,
  wrongClearing: sql`with booked as (
      select regexp_replace(fact, '/(paid|returned/[0-9]+)$', '') as charge, account, currency, sum(minor) as minor
        from ledger_entries where account like 'gateway:%' or account = 'fees' group by 1, 2, 3)
  select c.gateway || '/' || c.reference as about,
         'the charge says ' || c.paid_minor - c.returned_minor || ' is at the gateway, the ledger '
         || coalesce(sum(l.minor), 0) as details
    from charges c
    left join booked l on l.charge = c.gateway || '/' || c.reference and l.currency = c.currency
                      and (l.account = 'gateway:' || c.gateway or l.account = 'fees')
   where c.gateway <> ${balanceGateway} and c.paid_minor is not null
   group by c.gateway, c.reference
  having coalesce(sum(l.minor), 0) <> c.paid_minor - c.returned_minor`,
  wrongRevenue: sql`select coalesce(c.payment_id, l.payment_id)::text as about,
         'its charges are ' || coalesce(c.minor, 0) || ' of its price, the ledger has earned ' || coalesce(l.minor, 0)
         as details
    from (select payment_id, sum(price_minor) as minor from charges where use = 'grant' group by 1) c
    full join (select payment_id, -sum(minor) as minor from ledger_entries
                where account = 'revenue' and payment_id is not null group by 1) l on l.payment_id = c.payment_id
   where coalesce(c.minor, 0) <> coalesce(l.minor, 0)`,
  // What is lost is returned price, and what a decision booked as our loss
  // because no balance held it.
  creditKept: sql`with given_up as (
      select regexp_replace(fact, '/returned/[0-9]+$', '') as charge, currency, sum(minor) as minor
        from ledger_entries where account = 'refunds' and fact ~ '/returned/[0-9]+$' group by 1, 2),
    borne as (
      select d.payment_id, f->>'reference' as reference, sum((f->'ofShop'->>'minor')::numeric) as minor
        from decisions d, jsonb_array_elements(d.effects) f where f->>'kind' = 'returned' group by 1, 2),
    priced as (
      select gateway, reference, payment_id, currency, price_minor as price,
             (paid_minor - returned_before_minor)::numeric as had,
             greatest(0, least(returned_minor, paid_minor) - returned_before_minor) as back
        from charges where paid_minor > 0)
  select p.gateway || '/' || p.reference as about,
         coalesce(g.minor, 0) - due.minor || ' of what went back was balance or price that somebody else was charged for'
         as details
    from priced p
    left join given_up g on g.charge = p.gateway || '/' || p.reference and g.currency = p.currency
    left join borne b on b.payment_id = p.payment_id and b.reference = p.reference
    cross join lateral (
      select coalesce(b.minor, 0) + coalesce(floor((p.back * p.price * 2 + p.had) / nullif(p.had * 2, 0)), 0) as minor) due
   where coalesce(g.minor, 0) <> due.minor`,
  refundNotBooked: sql`select r.request_id as about, r.up_to_minor || ' of ' || r.gateway || '/' || r.reference
         || ' should be back, the charge says ' || coalesce(c.returned_minor, 0) as details
    from refunds r left join charges c on c.gateway = r.gateway and c.reference = r.reference
   where r.state = 'returned' and coalesce(c.returned_minor, 0) < r.up_to_minor`,
  wrongState: sql`select p.id::text as about, 'state ' || p.state || ', but money has bought time' as details
    from payments p
   where p.state in ('open', 'lapsed', 'declined', 'cancelled', 'refused')
     and exists (select from charges c where c.payment_id = p.id and c.use = 'grant')
   union all
  select p.id::text, 'state ' || p.state || ', but money has topped up the balance'
    from payments p
   where p.extra = 'topUp' and p.state not in ('settled', 'refunded')
     and exists (select from decisions d, jsonb_array_elements(d.effects) f
                  where d.payment_id = p.id and f->>'kind' = 'credited' and f->>'why' = 'topUp')
   union all
  select p.id::text, 'state ' || p.state || ', but ' || case kept.some when true then 'some' else 'none' end
         || ' of the money that bought its time is kept'
    from payments p
    cross join lateral (
      select exists (select from charges c where c.payment_id = p.id
                        and c.use = case p.extra when 'topUp' then 'credit' else 'grant' end
                        and c.returned_minor < c.paid_minor) as some) kept
   where (p.state = 'settled' and not kept.some)
      or (p.state = 'refunded' and kept.some and p.extra is distinct from 'topUp')`,
  wrongAddOn: sql`select o.payment_id::text as about, 'is not what was ordered' as details
    from add_ons o join payments p on p.id = o.payment_id
   where (o.subscription_id, o.price_minor) <> (p.subscription_id, p.price_minor)
      or (o.kind, o.bytes, o.until) is distinct from (p.extra, p.extra_bytes, p.extra_until)
   union all
  select a.device_id::text, 'ends at ' || a.ends_at || ', for which nothing was bought'
    from accesses a
   where a.ends_at is not null and a.retired_at is null
     and not exists (select from add_ons o
                      where o.subscription_id = a.subscription_id and a.ends_at in (o.until, o.at))`,
  // Plan and purchases allow so many devices at a time: no more are on, and none less than that.
  wrongDevices: sql`with held as (
      select d.subscription_id as id, count(*) as held,
             count(*) filter (where a.paused_at is null and coalesce(a.ends_at > now(), true)) as on
        from devices d join accesses a on a.device_id = d.id and a.retired_at is null
       where d.revoked_at is null group by 1),
    extra as (
      select subscription_id as id, count(*) as extra from add_ons
       where kind = 'device' and returned_minor < price_minor and until > now() group by 1)
  select s.id::text as about,
         h.on || ' of its ' || h.held || ' devices may connect, it may use '
         || s.device_limit + coalesce(e.extra, 0) as details
    from held h join subscriptions s using (id) left join extra e using (id)
   where s.revoked_at is null and h.on <> least(h.held, s.device_limit + coalesce(e.extra, 0))`,
  bookedTwice: sql`select c.gateway || '/' || c.reference as about,
         'is money of payment ' || c.payment_id || ' and of an unmatched payment' as details
    from charges c join unmatched u on u.gateway = c.gateway and u.reference = c.reference`,
  wrongTraffic: sql`select s.id::text as about,
         'has moved ' || s.moved_bytes || ' bytes, its keys ' || coalesce(t.moved, 0) as details
    from subscriptions s
    left join lateral (
      select sum(n.uploaded + n.downloaded) as moved
        from traffic_counters n join devices d on d.id = n.device_id
       where d.subscription_id = s.id) t on true
   where s.moved_bytes <> coalesce(t.moved, 0)`,
  // A payment lifts a suspension in the transaction that gives its time.
  suspendedAfterPaying: sql`select c.id::text as about,
         'is suspended since ' || c.suspended_at || ', and has paid since' as details
    from customers c
   where c.suspended_at is not null
     and exists (select from time_lots t join subscriptions s on s.id = t.subscription_id
                  where s.customer_id = c.id and t.kind = 'payment' and t.ms > 0 and t.at > c.suspended_at)`,
  debtWithoutChargeback: sql`with charged_back as (
      select customer, currency, sum(minor) as minor
        from (select coalesce(p.customer_id, u.customer_id)::text as customer, e.gateway, e.report->>'reference',
                     e.report->'returned'->>'currency' as currency, max((e.report->'returned'->>'minor')::numeric) as minor
                from gateway_events e
                     left join payments p on p.id = e.payment_id
                     left join unmatched u on u.payment_id = e.payment_id and u.gateway = e.gateway
                                          and u.reference = e.report->>'reference'
               where e.report->>'kind' = 'chargedBack' group by 1, 2, 3, 4) of
       group by 1, 2)
  select l.account as about, 'owes ' || sum(l.minor) || ' ' || l.currency || ', of which chargebacks made '
         || coalesce(max(b.minor), 0) as details
    from ledger_entries l
    left join charged_back b on b.customer = substr(l.account, 10) and b.currency = l.currency
   where l.account like 'customer:%'
   group by l.account, l.currency having sum(l.minor) > greatest(0, coalesce(max(b.minor), 0))`,
  strayReserve: sql`select l.account as about, sum(l.minor) || ' ' || l.currency
         || ' is set aside for a refund that is over' as details
    from ledger_entries l where l.account like 'reserved:%'
     and not exists (select from refunds r
                      where r.request_id = substr(l.account, 10) and r.state in ('asked', 'approved'))
   group by l.account, l.currency having sum(l.minor) <> 0`,
  wrongUnmatched: sql`select coalesce(t.currency, l.currency) as about,
         coalesce(t.minor, 0) || ' is unmatched, the ledger says ' || coalesce(l.minor, 0) as details
    from (select currency, sum(minor - returned_minor) as minor from unmatched
           where customer_id is null and minor > 0 group by 1) t
    full join (select currency, -sum(minor) as minor from ledger_entries where account = 'unmatched' group by 1) l
      on l.currency = t.currency
   where coalesce(t.minor, 0) <> coalesce(l.minor, 0)`,
};
