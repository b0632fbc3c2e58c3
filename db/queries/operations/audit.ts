import { expressionBuilder } from "kysely";
import type { Disagreement, TrialLine } from "../../../domain/operations/disagreement.ts";
import { sumWhere } from "../../expressions.ts";
import { type EntityManager, queriesOf, type Schema } from "../../orm.ts";
import { type QuestionKind, questions } from "./audit-questions.ts";
import { findTimeDisagreements, subscriptionsAtOnce } from "./time-audit.ts";

const of = expressionBuilder<Schema, "ledger_entries">();

/** An account, or what all accounts of its kind are together. */
const accountGroup = of
  .case()
  .when("account", "like", "customer:%")
  .then("customers")
  .when("account", "like", "reserved:%")
  .then("reserved")
  .else(of.ref("account"))
  .end();

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
    const rows = await queriesOf(this.#em)
      .selectFrom("ledger_entries")
      .select([
        accountGroup.as("group"),
        "currency",
        sumWhere(of.ref("minor"), of("minor", ">", 0)).as("debitMinor"),
        sumWhere(of.neg(of.ref("minor")), of("minor", "<", 0)).as("creditMinor"),
      ])
      .groupBy(["group", "currency"])
      .orderBy("currency")
      .orderBy("group")
      .execute();
    return rows.map(({ group, ...sums }) => ({ account: group, ...sums }));
  }

  /** All contradictions between ledger, charges, time and subscriptions. */
  async findDisagreements(): Promise<Disagreement[]> {
    const db = queriesOf(this.#em);
    const found: Disagreement[] = [];
    for (const [kind, question] of Object.entries(questions)) {
      const { rows } = await question.execute(db);
      found.push(...rows.map((row) => ({ kind: kind as QuestionKind, ...row })));
    }
    return [...found, ...(await findTimeDisagreements(db, this.#pageSize))];
  }
}
