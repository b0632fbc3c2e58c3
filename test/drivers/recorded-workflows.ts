import type { PaymentWorkflows } from "../../activities/operations/reconciliation/ports.ts";
import type { Queries } from "../../db/orm.ts";
import type { GatewayEvent, PaymentId } from "../../domain/payments/payment.ts";

/** An event and the payment to which it was reported. */
interface ReportedEvent extends GatewayEvent {
  readonly id: PaymentId;
}

/** Replaces Temporal: accepts events, and books their charges as a payment's workflow would. */
export class RecordedWorkflows implements PaymentWorkflows {
  readonly events: ReportedEvent[] = [];
  readonly resumed: string[] = [];
  calls = 0;
  /** The error with which Temporal answers to events; undefined: it accepts them. */
  fault: (id: PaymentId, events: readonly GatewayEvent[]) => Error | undefined = () => undefined;
  /** Which events it decides on; the others it only accepts. */
  doesDecide: (event: GatewayEvent) => boolean = () => true;
  readonly #db: Queries;
  readonly #isDecided: boolean;

  constructor(db: Queries, isDecided = true) {
    this.#db = db;
    this.#isDecided = isDecided;
  }

  /** The references of the reported charges, in their order. */
  get references(): (string | undefined)[] {
    return this.events.map(({ report }) => ("reference" in report ? report.reference : undefined));
  }

  async reportEvents(id: PaymentId, events: readonly GatewayEvent[]): Promise<void> {
    this.calls += 1;
    const fault = this.fault(id, events);
    if (fault !== undefined) throw fault;
    this.events.push(...events.map((event) => ({ id, ...event })));
    if (!this.#isDecided) return;
    for (const event of events.filter(this.doesDecide)) await this.#decide(id, event);
  }

  /** Decides over all accepted events. */
  async catchUp(): Promise<void> {
    for (const { id, ...event } of this.events) await this.#decide(id, event);
  }

  async resumePayment(id: PaymentId): Promise<void> {
    this.resumed.push(id);
  }

  async resumeRefund(requestId: string): Promise<void> {
    this.resumed.push(requestId);
  }

  async resumeUnmatched(requestId: string): Promise<void> {
    this.resumed.push(requestId);
  }

  async #decide(paymentId: PaymentId, { gateway, report, evidence }: GatewayEvent): Promise<void> {
    if (report.kind !== "paid") return;
    const { reference, paid, at } = report;
    const orders = await this.#db
      .selectFrom("payments")
      .select("id")
      .where("id", "=", paymentId)
      .execute();
    const of = { gateway, reference, paymentId, currency: paid.currency };
    if (orders.length > 0) {
      const charge = { ...of, paidMinor: paid.minor, use: "grant" as const };
      await this.#db
        .insertInto("charges")
        .values(charge)
        .onConflict((row) => row.doNothing())
        .execute();
      return;
    }
    const row = { ...of, minor: paid.minor, evidence, at: new Date(at), state: "open" as const };
    await this.#db
      .insertInto("unmatched")
      .values(row)
      .onConflict((it) => it.doNothing())
      .execute();
  }
}
