import type { Client } from "@temporalio/client";
import temporalProto from "@temporalio/proto";
import type { Database } from "../../db/orm.ts";
import { UserError, waitUntil } from "../../tools/servers/process.ts";
import type { Contender } from "./contender.ts";
import type { Environment } from "./environment.ts";
import { sum } from "./figures.ts";
import type { Step } from "./step.ts";

const { History } = temporalProto.temporal.api.history.v1;
const { EventType } = temporalProto.temporal.api.enums.v1;

type HistoryEvent = temporalProto.temporal.api.history.v1.IHistoryEvent;

/** The size of one workflow's history, or of a section of it. */
export interface Footprint {
  readonly events: number;
  /** In the encoding of the gRPC API. */
  readonly bytes: number;
  readonly transitions: number;
  /** The number that its steps sent to PostgreSQL. */
  readonly statements: number;
  /** The number of events of each kind that makes up its shape. */
  readonly shape: Readonly<Record<ShapeKind, number>>;
}

/** What a payment leaves in the history of its own workflow and of its customer's calendar. */
export interface Footprints {
  readonly payment: Footprint;
  readonly calendar: Footprint;
  /**
   * All statements as counted by PostgreSQL, including those of the loop that sends messages
   * and of triggers.
   */
  readonly counted: number;
}

const shapeKinds = {
  "local activities": EventType.EVENT_TYPE_MARKER_RECORDED,
  activities: EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED,
  timers: EventType.EVENT_TYPE_TIMER_STARTED,
  "signals in": EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED,
  "signals out": EventType.EVENT_TYPE_SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED,
} as const;

/** A kind of event that makes up the shape of a workflow. */
export type ShapeKind = keyof typeof shapeKinds;

/**
 * Makes a few payments of one customer, one after the other, and averages what each leaves behind.
 */
export async function measureFootprints(
  { client, books, stepLog }: Pick<Environment, "client" | "books" | "stepLog">,
  side: Contender,
  payments = 5,
): Promise<Footprints> {
  const calendar = side.calendar(0);
  const before = calendar === undefined ? nothing : await readAtRest(client, calendar);
  await waitUntilMessagesAreSent(books);
  await trackStatements(books, "top");
  const counted = await countStatements(books);
  stepLog.takeSteps();
  const histories: WorkflowHistory[] = [];
  for (let left = payments; left > 0; left -= 1) {
    const { workflowId } = await side.pay(0);
    histories.push(await readHistory(client, workflowId));
  }
  await waitUntilMessagesAreSent(books);
  const after = calendar === undefined ? nothing : await readAtRest(client, calendar);
  await trackStatements(books, "none");
  const steps = Map.groupBy(stepLog.takeSteps(), ({ workflowId }) => workflowId === calendar);
  const added = {
    events: after.events.slice(before.events.length),
    transitions: after.transitions - before.transitions,
  };
  return {
    payment: averageOf(payments, histories, steps.get(false)),
    calendar: averageOf(payments, [added], steps.get(true)),
    counted: ((await countStatements(books)) - counted) / payments,
  };
}

/** Waits until every message has been sent. */
const waitUntilMessagesAreSent = ({ em }: Database): Promise<void> =>
  waitUntil(
    async () => {
      const waiting: object[] = await em
        .fork()
        .execute("select 1 from messages where state = 'waiting' limit 1");
      return waiting.length === 0;
    },
    { what: "the last messages" },
  );

/**
 * Compares how many events of each kind the two sides have.
 * @throws UserError when the numbers differ: their ratio would say nothing then.
 */
export function compareShapes(bare: Footprints, ours: Footprints): void {
  const kinds = Object.keys(shapeKinds) as ShapeKind[];
  const differences = (["payment", "calendar"] as const).flatMap((part) =>
    kinds
      .filter((kind) => bare[part].shape[kind] !== ours[part].shape[kind])
      .map((kind) => {
        const has = bare[part].shape[kind];
        const needs = ours[part].shape[kind];
        return `${part}: ${has} ${kind}, ours has ${needs}`;
      }),
  );
  if (differences.length === 0) return;
  throw new UserError(
    `the bare workflow no longer has our payment's shape (${differences.join("; ")}): ` +
      `make bench/bare/workflow.ts take the steps that workflows/payments/payment.ts takes`,
  );
}

interface WorkflowHistory {
  readonly events: readonly HistoryEvent[];
  readonly transitions: number;
}

const nothing: WorkflowHistory = { events: [], transitions: 0 };

/** Waits until a calendar waits for its next day, and reads its history. */
async function readAtRest(client: Client, workflowId: string): Promise<WorkflowHistory> {
  let found: WorkflowHistory | undefined;
  const waits = async () => {
    found = await readHistory(client, workflowId);
    return found.events.at(-1)?.eventType === EventType.EVENT_TYPE_TIMER_STARTED;
  };
  await waitUntil(waits, { what: `${workflowId} at rest` });
  return found ?? nothing;
}

async function readHistory(client: Client, workflowId: string): Promise<WorkflowHistory> {
  const handle = client.workflow.getHandle(workflowId);
  const [{ events }, { raw }] = await Promise.all([handle.fetchHistory(), handle.describe()]);
  const transitions = Number(raw.workflowExecutionInfo?.stateTransitionCount ?? 0);
  return { events: events ?? [], transitions };
}

/** The average per payment of what `payments` payments left behind. */
function averageOf(
  payments: number,
  parts: readonly WorkflowHistory[],
  steps: readonly Step[] = [],
): Footprint {
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
    shape: Object.fromEntries(shape) as Footprint["shape"],
  };
}

const bytesOf = ({ events }: WorkflowHistory): number =>
  History.encode({ events: [...events] }).finish().byteLength;

/**
 * Turns PostgreSQL's counting of statements on ("top") or off: off while payments are timed, since
 * only B sends any.
 */
async function trackStatements({ em }: Database, which: "top" | "none"): Promise<void> {
  await em.fork().execute(`alter system set pg_stat_statements.track = '${which}'`);
  await em.fork().execute("select pg_reload_conf()");
  const isSet = async () => {
    const [now]: object[] = await em.fork().execute("show pg_stat_statements.track");
    return Object.values(now ?? {})[0] === which;
  };
  await waitUntil(isSet, { what: `pg_stat_statements.track = ${which}` });
}

/**
 * The number of statements that the worker's role has sent so far,
 * with those that begin and end transactions.
 */
async function countStatements({ em }: Database): Promise<number> {
  const rows: { calls: string }[] = await em.fork().execute(
    `select coalesce(sum(calls), 0) as calls from pg_stat_statements
      where userid = 'tollgate_writer'::regrole
        and dbid = (select oid from pg_database where datname = current_database())`,
  );
  return Number(rows[0]?.calls ?? 0);
}
