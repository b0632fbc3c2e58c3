import { type Money, money } from "../../domain/money.ts";
import { gatewayName, type PaymentId } from "../../domain/payments/payment.ts";
import { type Instant, instant } from "../../domain/time.ts";
import { MemoryPaymentGateway } from "../../gateways/payments/memory.ts";
import type { Statement, StatementLine, UnreadableRow } from "../../gateways/payments/port.ts";

let count = 0;

/** A gateway name that no other test uses. */
export const newName = () => gatewayName(`memory${(count += 1)}`);

/** A memory gateway whose statement has whatever rows a test sets. */
export class StatementGateway extends MemoryPaymentGateway {
  rows: (StatementLine | UnreadableRow)[] = [];
  pageRows = 100;

  constructor(facts: ConstructorParameters<typeof MemoryPaymentGateway>[0] = {}) {
    super({ name: newName(), ...facts });
  }

  override async statement(cursor: string): Promise<Statement> {
    const from = Number(cursor || 0);
    const page = this.rows.slice(from, from + this.pageRows);
    const end = from + page.length;
    return {
      lines: page.filter((row): row is StatementLine => "report" in row),
      unreadable: page.filter((row): row is UnreadableRow => "reason" in row),
      cursor: String(end),
      more: end < this.rows.length,
    };
  }
}

const longAgo = instant("2026-01-01T00:00:00Z");

/** A line about a charge; by default long ago and without a payment. */
export function paid(
  facts: Partial<StatementLine> & { readonly amount?: Money; readonly at?: Instant } = {},
): StatementLine {
  const { amount = money(30_000, "RUB"), at = longAgo, about = { kind: "nobody" } } = facts;
  const reference = `charge-${(count += 1)}`;
  const report = { kind: "paid", reference, paid: amount, at: instant(at) } as const;
  return { about, report, evidence: reference };
}

/** Names a payment as what a line is about. */
export const aboutPayment = (id: string) => ({ kind: "payment", id: id as PaymentId }) as const;

/** The reference of a line's charge. */
export const referenceOf = ({ report }: StatementLine) =>
  "reference" in report ? report.reference : undefined;
