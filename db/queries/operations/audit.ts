import { sql } from "kysely";
import type { Disagreement, TrialLine } from "../../../domain/operations/disagreement.ts";
import { type EntityManager, queriesOf } from "../../orm.ts";
import { type QuestionKind, questions } from "./audit-questions.ts";
import { subscriptionsAtOnce, findTimeDisagreements } from "./time-audit.ts";

interface QuestionRow {
  readonly about: string;
  readonly details: string;
}

/** Checks of the books for an auditor. */
export class AuditQueries {
  readonly #em: EntityManager;
  readonly #pageSize: number;

  constructor(em: EntityManager, pageSize = subscriptionsAtOnce) {
    this.#em = em;
    this.#pageSize = pageSize;
  }

  /** Debits and credits by account and currency; customers and reserves are one account each. */
  async readTrialBalance(): Promise<TrialLine[]> {
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

  /** All contradictions between ledger, charges, time and subscriptions. */
  async findDisagreements(): Promise<Disagreement[]> {
    const db = queriesOf(this.#em);
    const found: Disagreement[] = [];
    for (const [kind, question] of Object.entries(questions)) {
      const { rows } = await sql<QuestionRow>`${sql.raw(question)}`.execute(db);
      found.push(...rows.map((row) => ({ kind: kind as QuestionKind, ...row })));
    }
    return [...found, ...(await findTimeDisagreements(db, this.#pageSize))];
  }
}
