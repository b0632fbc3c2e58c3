import type { EntityManager } from "@mikro-orm/postgresql";
import { type BookedGrant, type Disagreement, endOf, type TrialLine } from "../../domain/books.ts";
import type { GrantKind } from "../../domain/grant.ts";
import { instant } from "../../domain/time.ts";

/** How long a payment may be on its way from the ledger to its grant before that is a disagreement. */
const onItsWay = "1 minute";

interface Found {
  readonly about: string;
  readonly details: string;
}

const questions: Readonly<Record<Exclude<Disagreement["kind"], "wrongEnd">, string>> = {
  unbalanced: `select fact as about, currency || ' sums to ' || sum(minor) as details
    from ledger_entries group by fact, currency having sum(minor) <> 0`,
  notGranted: `select c.payment_id as about, c.gateway || '/' || c.reference || ' is paid and gave no time' as details
    from charges c
   where c.use = 'grant' and c.recorded_at < now() - interval '${onItsWay}'
     and not exists (select from grants g where g.cause = 'payment/' || c.payment_id)
     and not exists (select from ledger_entries l where l.fact = 'payment/' || c.payment_id || '/credited')`,
  grantedWithoutMoney: `select g.cause as about, g.days || ' days were given for no charge' as details
    from grants g
   where g.kind = 'payment'
     and not exists (select from charges c
                      where c.use = 'grant' and 'payment/' || c.payment_id = g.cause)`,
  wrongTaken: `select c.payment_id as about, c.gateway || '/' || c.reference || ': ' || coalesce(g.days, 0)
         || ' days are taken, ' || w.days || ' go with what was returned' as details
    from charges c
    join payments p on p.id = c.payment_id
    join subscriptions s on s.id = p.subscription_id and s.state <> 'revoked'
    cross join lateral (select p.days * round(c.returned_minor * least(1, p.price_minor::numeric / c.paid_minor))
                               / p.price_minor as days) w
    left join lateral (select -sum(g.days) as days from grants g
                        where g.subscription_id = s.id and g.kind = 'refund'
                          and starts_with(g.cause, 'refund/' || p.id || '/' || c.reference || '/')) g on true
   where c.use = 'grant' and c.paid_minor > 0 and abs(coalesce(g.days, 0) - w.days) > 0.001
     and exists (select from grants b where b.cause = 'payment/' || p.id)
     and not exists (select from refunds r where r.payment_id = p.id and r.state in ('asked', 'approved'))
     and not exists (select from settlements t
                      where t.payment_id = p.id and t.at > now() - interval '${onItsWay}')`,
  wrongClearing: `select c.gateway || '/' || c.reference as about,
         'the charge says ' || (coalesce(c.paid_minor, 0) - case when c.paid_minor is null then 0 else c.returned_minor end)
         || ' is at the gateway, the ledger ' || coalesce(l.minor, 0) as details
    from charges c
    left join lateral (
      select sum(e.minor) as minor from ledger_entries e
       where e.account in ('gateway:' || c.gateway, 'fees') and e.currency = c.currency
         and (e.fact = c.gateway || '/' || c.reference || '/paid'
              or e.fact like c.gateway || '/' || replace(c.reference, '_', '\\_') || '/returned/%')) l on true
   where c.gateway <> 'balance' and c.paid_minor is not null
     and coalesce(l.minor, 0) <> c.paid_minor - c.returned_minor`,
  wrongState: `select p.id as about, 'state ' || p.state || ', but money has bought time' as details
    from payments p
   where p.state in ('open', 'lapsed', 'declined', 'cancelled', 'refused')
     and exists (select from charges c where c.payment_id = p.id and c.use = 'grant')`,
};

/** The books as an auditor reads them. */
export class Books {
  readonly #em: EntityManager;

  constructor(em: EntityManager) {
    this.#em = em;
  }

  async trialBalance(): Promise<TrialLine[]> {
    const rows: { account: string; currency: string; debit: string; credit: string }[] =
      await this.#em.fork().execute(
        `select case when account like 'customer:%' then 'customers' else account end as account, currency,
                coalesce(sum(minor) filter (where minor > 0), 0) as debit,
                coalesce(-sum(minor) filter (where minor < 0), 0) as credit
           from ledger_entries group by 1, 2 order by 2, 1`,
      );
    return rows.map(({ account, currency, debit, credit }) => {
      return { account, currency, debitMinor: Number(debit), creditMinor: Number(credit) };
    });
  }

  /** Everything in which ledger, charges, grants and subscriptions do not agree. */
  async disagreements(): Promise<Disagreement[]> {
    const em = this.#em.fork();
    const found: Disagreement[] = [];
    for (const [kind, question] of Object.entries(questions)) {
      const rows: Found[] = await em.execute(question);
      found.push(...rows.map((row) => ({ kind: kind as Disagreement["kind"], ...row })));
    }
    return [...found, ...(await wrongEnds(em))];
  }
}

async function wrongEnds(em: EntityManager): Promise<Disagreement[]> {
  const rows: ({
    id: string;
    paid_until: string | null;
  } & GrantLine)[] = await em.execute(
    `select s.id, s.paid_until, g.cause, g.kind, g.days, g.factor, g.granted_at, g.granted_from, g.granted_until
       from subscriptions s join grants g on g.subscription_id = s.id order by s.id, g.seq`,
  );
  const bySubscription = Map.groupBy(rows, ({ id }) => id);
  return [...bySubscription].flatMap(([id, own]) => {
    const paidUntil = own[0]?.paid_until;
    return endOf(id, own.map(asGrant), paidUntil ? instant(paidUntil) : undefined);
  });
}

interface GrantLine {
  readonly cause: string;
  readonly kind: GrantKind;
  readonly days: number;
  readonly factor: number;
  readonly granted_at: string;
  readonly granted_from: string;
  readonly granted_until: string;
}

const asGrant = (row: GrantLine): BookedGrant => ({
  cause: row.cause,
  kind: row.kind,
  days: row.days,
  factor: row.factor,
  grantedAt: instant(row.granted_at),
  grantedFrom: instant(row.granted_from),
  grantedUntil: instant(row.granted_until),
});
