import { sql } from "kysely";
import type { Disagreement, TrialLine } from "../../domain/books.ts";
import { type EntityManager, queriesOf } from "../orm.ts";
import { subscriptionsAtOnce, timeDisagreements } from "./time-audit.ts";

interface Found {
  readonly about: string;
  readonly details: string;
}

type Asked = Exclude<Disagreement["kind"], "wrongEnd" | "wrongTaken">;

/** Each is a question whose answer must be empty. */
const questions: Readonly<Record<Asked, string>> = {
  unbalanced: `select fact as about, currency || ' sums to ' || sum(minor) as details
    from ledger_entries group by fact, currency having sum(minor) <> 0`,
  notBooked: `select e.gateway || '/' || (e.report->>'reference') as about,
         'was reported as paid and is in no charge and no unmatched row' as details
    from gateway_events e
   where e.report->>'kind' = 'paid'
     and not exists (select from charges c where c.gateway = e.gateway and c.reference = e.report->>'reference'
                        and c.paid_minor is not null)
     and not exists (select from unmatched u where u.gateway = e.gateway and u.reference = e.report->>'reference')
     and not exists (select from decisions d, jsonb_array_elements(d.effects) f
                      where d.payment_id = e.payment_id and f->>'kind' in ('inconsistent', 'declined'))`,
  notGranted: `select p.id::text as about, 'money has bought time that was never given' as details
    from payments p
   where exists (select from charges c where c.payment_id = p.id and c.use = 'grant' and c.price_minor > 0)
     and not exists (select from time_lots t where t.cause = 'payment/' || p.id)`,
  grantedWithoutMoney: `select t.cause as about, t.ms || ' ms were given for no charge' as details
    from time_lots t
   where t.kind = 'payment'
     and not exists (select from charges c where c.use = 'grant' and 'payment/' || c.payment_id = t.cause)`,
  wrongPrice: `select p.id::text as about,
         'its charges paid ' || sum(c.price_minor) || ' of the price of ' || p.price_minor as details
    from payments p join charges c on c.payment_id = p.id and c.use = 'grant'
   group by p.id having sum(c.price_minor) <> p.price_minor`,
  wrongClearing: `with booked as (
      select regexp_replace(fact, '/(paid|returned/[0-9]+)$', '') as charge, account, currency, sum(minor) as minor
        from ledger_entries where account like 'gateway:%' or account = 'fees' group by 1, 2, 3)
  select c.gateway || '/' || c.reference as about,
         'the charge says ' || c.paid_minor - c.returned_minor || ' is at the gateway, the ledger '
         || coalesce(sum(l.minor), 0) as details
    from charges c
    left join booked l on l.charge = c.gateway || '/' || c.reference and l.currency = c.currency
                      and (l.account = 'gateway:' || c.gateway or l.account = 'fees')
   where c.gateway <> 'balance' and c.paid_minor is not null
   group by c.gateway, c.reference
  having coalesce(sum(l.minor), 0) <> c.paid_minor - c.returned_minor`,
  wrongState: `select p.id::text as about, 'state ' || p.state || ', but money has bought time' as details
    from payments p
   where p.state in ('open', 'lapsed', 'declined', 'cancelled', 'refused')
     and exists (select from charges c where c.payment_id = p.id and c.use = 'grant')
   union all
  select p.id::text, 'state ' || p.state || ', but ' || case kept.some when true then 'some' else 'none' end
         || ' of the money that bought its time is kept'
    from payments p
    cross join lateral (
      select exists (select from charges c where c.payment_id = p.id and c.use = 'grant'
                        and c.returned_minor < c.paid_minor) as some) kept
   where (p.state = 'settled' and not kept.some) or (p.state = 'refunded' and kept.some)`,
  bookedTwice: `select c.gateway || '/' || c.reference as about,
         'is money of payment ' || c.payment_id || ' and unmatched money' as details
    from charges c join unmatched u on u.gateway = c.gateway and u.reference = c.reference`,
  wrongTraffic: `select s.id::text as about,
         'has moved ' || s.moved_bytes || ' bytes, its keys ' || coalesce(t.moved, 0) as details
    from subscriptions s
    left join lateral (
      select sum(n.uploaded + n.downloaded) as moved
        from traffic_counters n join devices d on d.id = n.device_id
       where d.subscription_id = s.id) t on true
   where s.moved_bytes <> coalesce(t.moved, 0)`,
  debtWithoutChargeback: `select l.account as about, 'owes ' || sum(l.minor) || ' ' || l.currency
         || ', and no chargeback made it so' as details
    from ledger_entries l where l.account like 'customer:%'
   group by l.account, l.currency
  having sum(l.minor) > 0
     and not exists (select from gateway_events e
                       left join payments p on p.id = e.payment_id
                       left join unmatched u on u.payment_id = e.payment_id
                      where e.report->>'kind' = 'chargedBack'
                        and coalesce(p.customer_id, u.customer_id)::text = substr(l.account, 10))`,
  strayReserve: `select l.account as about, sum(l.minor) || ' ' || l.currency
         || ' is set aside for a refund that is over' as details
    from ledger_entries l where l.account like 'reserved:%'
     and not exists (select from refunds r
                      where r.request_id = substr(l.account, 10) and r.state in ('asked', 'approved'))
   group by l.account, l.currency having sum(l.minor) <> 0`,
  wrongUnmatched: `select coalesce(t.currency, l.currency) as about,
         coalesce(t.minor, 0) || ' is unmatched, the ledger says ' || coalesce(l.minor, 0) as details
    from (select currency, sum(minor - returned_minor) as minor from unmatched
           where customer_id is null and minor > 0 group by 1) t
    full join (select currency, -sum(minor) as minor from ledger_entries where account = 'unmatched' group by 1) l
      on l.currency = t.currency
   where coalesce(t.minor, 0) <> coalesce(l.minor, 0)`,
};

/** The books as an auditor reads them. */
export class AuditQueries {
  readonly #em: EntityManager;
  readonly #pageSize: number;

  constructor(em: EntityManager, pageSize = subscriptionsAtOnce) {
    this.#em = em;
    this.#pageSize = pageSize;
  }

  async trialBalance(): Promise<TrialLine[]> {
    const { rows } = await sql<{
      account: string;
      currency: string;
      debit: string;
      credit: string;
    }>`
      select case when account like 'customer:%' then 'customers'
                  when account like 'reserved:%' then 'reserved' else account end as account, currency,
             coalesce(sum(minor) filter (where minor > 0), 0) as debit,
             coalesce(-sum(minor) filter (where minor < 0), 0) as credit
        from ledger_entries group by 1, 2 order by 2, 1
    `.execute(queriesOf(this.#em));
    return rows.map(({ account, currency, debit, credit }) => {
      return { account, currency, debitMinor: Number(debit), creditMinor: Number(credit) };
    });
  }

  /** Everything in which ledger, charges, time and subscriptions do not agree. */
  async disagreements(): Promise<Disagreement[]> {
    const db = queriesOf(this.#em);
    const found: Disagreement[] = [];
    for (const [kind, question] of Object.entries(questions)) {
      const { rows } = await sql<Found>`${sql.raw(question)}`.execute(db);
      found.push(...rows.map((row) => ({ kind: kind as Asked, ...row })));
    }
    return [...found, ...(await timeDisagreements(db, this.#pageSize))];
  }
}
