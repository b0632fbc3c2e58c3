import type { Client } from "@temporalio/client";
import temporalProto from "@temporalio/proto";
import type { Database } from "../../db/orm.ts";
import { waitUntil, UserError } from "../../tools/servers/process.ts";
import type { Contender } from "./contender.ts";
import type { Environment } from "./environment.ts";
import { sum } from "./figures.ts";
import type { Step } from "./told.ts";

const { History } = temporalProto.temporal.api.history.v1;
const { EventType } = temporalProto.temporal.api.enums.v1;

type HistoryEvent = temporalProto.temporal.api.history.v1.IHistoryEvent;

/** What one workflow, or a stretch of one, is made of. */
export interface Weight {
  readonly events: number;
  /** In the wire's own encoding. */
  readonly bytes: number;
  readonly transitions: number;
  /** Sent to PostgreSQL by its steps. */
  readonly statements: number;
  /** How many of each kind that makes its shape. */
  readonly shape: Readonly<Record<ShapeKind, number>>;
}

/** What a payment leaves behind: in its own workflow, and in its customer's calendar. */
export interface Weights {
  readonly payment: Weight;
  readonly calendar: Weight;
  /** All statements as PostgreSQL counts them: those of the messages' loop and of triggers are among them. */
  readonly counted: number;
}

const shapeKinds = {
  "local activities": EventType.EVENT_TYPE_MARKER_RECORDED,
  activities: EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED,
  timers: EventType.EVENT_TYPE_TIMER_STARTED,
  "signals in": EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED,
  "signals out": EventType.EVENT_TYPE_SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED,
} as const;

export type ShapeKind = keyof typeof shapeKinds;

/** Makes a few payments of one customer, one by one, and weighs what each leaves behind, on average. */
export async function weigh(
  { client, books, ear }: Pick<Environment, "client" | "books" | "ear">,
  side: Contender,
  payments = 5,
): Promise<Weights> {
  const calendar = side.calendar(0);
  const before = calendar === undefined ? nothing : await quiet(client, calendar);
  await allTold(books);
  await count(books, "top");
  const counted = await statementsOf(books);
  ear.takeSteps();
  const histories: WorkflowHistory[] = [];
  for (let left = payments; left > 0; left -= 1) {
    const { workflowId } = await side.pay(0);
    histories.push(await read(client, workflowId));
  }
  await allTold(books);
  const after = calendar === undefined ? nothing : await quiet(client, calendar);
  await count(books, "none");
  const steps = Map.groupBy(ear.takeSteps(), ({ workflowId }) => workflowId === calendar);
  const added = {
    events: after.events.slice(before.events.length),
    transitions: after.transitions - before.transitions,
  };
  return {
    payment: each(payments, histories, steps.get(false)),
    calendar: each(payments, [added], steps.get(true)),
    counted: ((await statementsOf(books)) - counted) / payments,
  };
}

/** Everybody has been told everything. */
const allTold = ({ em }: Database): Promise<void> =>
  waitUntil(
    async () => {
      const waiting: object[] = await em
        .fork()
        .execute("select 1 from messages where state = 'waiting' limit 1");
      return waiting.length === 0;
    },
    { what: "the last messages" },
  );

/** @throws Advice when the two are not of one shape: then their ratio says nothing. */
export function compareShapes(bare: Weights, ours: Weights): void {
  const kinds = Object.keys(shapeKinds) as ShapeKind[];
  const told = (["payment", "calendar"] as const).flatMap((part) =>
    kinds
      .filter((kind) => bare[part].shape[kind] !== ours[part].shape[kind])
      .map((kind) => {
        const [has, needs] = [bare[part].shape[kind], ours[part].shape[kind]];
        return `${part}: ${has} ${kind}, ours has ${needs}`;
      }),
  );
  if (told.length === 0) return;
  throw new UserError(
    `the bare workflow is not of our payment's shape any more (${told.join("; ")}): ` +
      `make bench/bare/workflow.ts take the steps that workflows/payment.ts takes`,
  );
}

interface WorkflowHistory {
  readonly events: readonly HistoryEvent[];
  readonly transitions: number;
}

const nothing: WorkflowHistory = { events: [], transitions: 0 };

/** A calendar's history when it waits for its next day. */
async function quiet(client: Client, workflowId: string): Promise<WorkflowHistory> {
  let found: WorkflowHistory | undefined;
  const waits = async () => {
    found = await read(client, workflowId);
    return found.events.at(-1)?.eventType === EventType.EVENT_TYPE_TIMER_STARTED;
  };
  await waitUntil(waits, { what: `${workflowId} at rest` });
  return found ?? nothing;
}

async function read(client: Client, workflowId: string): Promise<WorkflowHistory> {
  const handle = client.workflow.getHandle(workflowId);
  const [{ events }, { raw }] = await Promise.all([handle.fetchHistory(), handle.describe()]);
  const transitions = Number(raw.workflowExecutionInfo?.stateTransitionCount ?? 0);
  return { events: events ?? [], transitions };
}

/** What one payment has of all that several left behind. */
function each(
  payments: number,
  parts: readonly WorkflowHistory[],
  steps: readonly Step[] = [],
): Weight {
  const events = parts.flatMap((part) => part.events);
  const mean = (all: number) => all / payments;
  const shape = Object.entries(shapeKinds).map(([kind, type]) => {
    return [kind, mean(events.filter(({ eventType }) => eventType === type).length)];
  });
  return {
    events: mean(events.length),
    bytes: mean(sum(parts.map(bytesOf))),
    transitions: mean(sum(parts.map(({ transitions }) => transitions))),
    statements: mean(sum(steps.map(({ statements }) => statements))),
    shape: Object.fromEntries(shape) as Weight["shape"],
  };
}

const bytesOf = ({ events }: WorkflowHistory): number =>
  History.encode({ events: [...events] }).finish().byteLength;

/** PostgreSQL counts statements while payments are weighed, and not while they are timed: only B sends any. */
async function count({ em }: Database, which: "top" | "none"): Promise<void> {
  await em.fork().execute(`alter system set pg_stat_statements.track = '${which}'`);
  await em.fork().execute("select pg_reload_conf()");
  const isSet = async () => {
    const [now]: object[] = await em.fork().execute("show pg_stat_statements.track");
    return Object.values(now ?? {})[0] === which;
  };
  await waitUntil(isSet, { what: `pg_stat_statements.track = ${which}` });
}

/** What the worker's role has sent so far, with what begins and ends transactions. */
async function statementsOf({ em }: Database): Promise<number> {
  const rows: { calls: string }[] = await em.fork().execute(
    `select coalesce(sum(calls), 0) as calls from pg_stat_statements
      where userid = 'tollgate_writer'::regrole
        and dbid = (select oid from pg_database where datname = current_database())`,
  );
  return Number(rows[0]?.calls ?? 0);
}
