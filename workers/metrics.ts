import { collectDefaultMetrics, Gauge, Registry } from "prom-client";
import type { EntityManager } from "../db/orm.ts";

interface Counts {
  readonly states: Map<string, number>;
  readonly statuses: Map<string, number>;
  readonly peers: Map<string, number>;
  readonly payments: Map<string, number>;
  readonly findings: Map<string, number>;
  readonly unmatched: Map<string, number>;
  readonly dust: Map<string, number>;
  readonly quarantine: Map<string, number>;
}

const staleAfterMs = 10_000;

/** What the business looks like now, read from the books when somebody looks, at most every ten seconds. */
export function businessMetrics(em: EntityManager): Registry {
  const registry = new Registry();
  registry.setDefaultLabels({ process: "worker" });
  collectDefaultMetrics({ register: registry });
  let last: { at: number; counts: Promise<Counts> } | undefined;
  const counts = () => {
    if (last === undefined || Date.now() - last.at > staleAfterMs) {
      last = { at: Date.now(), counts: count(em) };
    }
    return last.counts;
  };
  const gauge = (name: string, help: string, label: string, of: keyof Counts) =>
    new Gauge({
      name,
      help,
      labelNames: [label],
      registers: [registry],
      async collect() {
        const now = await counts().catch(() => undefined);
        this.reset();
        for (const [value, amount] of now?.[of] ?? []) this.set({ [label]: value }, amount);
      },
    });
  gauge("tollgate_subscriptions", "Subscriptions by state", "state", "states");
  gauge("tollgate_customers", "Customers by status", "status", "statuses");
  gauge("tollgate_peers", "Devices that the books let in, by host", "host", "peers");
  gauge("tollgate_payments", "Payments by state", "state", "payments");
  gauge("tollgate_findings", "Messages that never arrived and were found", "gateway", "findings");
  gauge("tollgate_dust", "Transfers for nobody, too small to be handled", "gateway", "dust");
  gauge("tollgate_quarantine", "What was put aside and is not handled", "gateway", "quarantine");
  gauge("tollgate_unmatched", "Money that nobody was asked for, undecided", "gateway", "unmatched");
  return registry;
}

async function count(em: EntityManager): Promise<Counts> {
  const grouped = async (query: string) => {
    const rows: { name: string; amount: string }[] = await em.fork().execute(query);
    return new Map(rows.map(({ name, amount }) => [name, Number(amount)]));
  };
  const [states, statuses, peers, payments, findings, unmatched, dust, quarantine] =
    await Promise.all([
      grouped("select state as name, count(*) as amount from subscriptions group by 1"),
      grouped("select status as name, count(*) as amount from customers group by 1"),
      grouped(
        `select h.name, count(s.id) as amount from hosts h
         left join devices d on d.host_id = h.id and d.revoked_at is null
         left join subscriptions s on s.id = d.subscription_id and s.state in ('active', 'grace')
        group by 1`,
      ),
      grouped("select state as name, count(*) as amount from payments group by 1"),
      grouped(
        "select gateway as name, count(*) as amount from findings where kind <> 'dust' group by 1",
      ),
      grouped(
        "select gateway as name, count(*) as amount from unmatched where state = 'open' group by 1",
      ),
      grouped(
        "select gateway as name, count(*) as amount from findings where kind = 'dust' group by 1",
      ),
      grouped(
        `select gateway as name, count(*) as amount from quarantine where resolved_at is null group by 1`,
      ),
    ]);
  return { states, statuses, peers, payments, findings, unmatched, dust, quarantine };
}
