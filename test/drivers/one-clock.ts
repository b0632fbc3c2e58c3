import { randomUUID } from "node:crypto";
import { Client, type Connection } from "@temporalio/client";
import { msToTs } from "@temporalio/common/lib/time.js";
import type { Database } from "../../db/orm.ts";
import { query } from "../../tools/servers/postgres.ts";
import type { TestNamespace } from "./namespace.ts";

/** A clock that is ahead of the machine's. */
export interface AheadClock {
  aheadMs: number;
}

/**
 * A namespace whose client starts workflows at the clock's time: each is to start only when the
 * machine's clock will be there, and skips the time until then.
 */
export function startingAt(clock: AheadClock, temporal: TestNamespace): TestNamespace {
  const { connection, namespace } = temporal;
  const real = connection.workflowService;
  const ahead = <Request extends object>(request: Request): Request => {
    if (clock.aheadMs === 0) return request;
    const duration = msToTs(clock.aheadMs);
    const fastForwardConfig = { id: randomUUID(), duration };
    return {
      ...request,
      workflowStartDelay: duration,
      timeSkippingConfig: { enabled: true, disablePropagation: true, fastForwardConfig },
    };
  };
  const workflowService = Object.create(real, {
    startWorkflowExecution: {
      value: (request: object) => real.startWorkflowExecution(ahead(request)),
    },
    signalWithStartWorkflowExecution: {
      value: (request: object) => real.signalWithStartWorkflowExecution(ahead(request)),
    },
  }) as Connection["workflowService"];
  const following = Object.create(connection, {
    workflowService: { value: workflowService },
  }) as Connection;
  return { ...temporal, client: new Client({ connection: following, namespace }) };
}

/**
 * Makes `now()` of a test's database read this clock: a function of the same name stands before
 * PostgreSQL's own in the search path. Connections that are open already keep theirs.
 */
export async function leadDatabase(ownerUrl: string, { aheadMs }: AheadClock): Promise<void> {
  const by = `interval '${aheadMs} milliseconds'`;
  await query(
    ownerUrl,
    `
    create schema ahead;
    create table ahead.clock (by interval not null);
    insert into ahead.clock values (${by});
    create function ahead.now() returns timestamptz language sql stable
      as $$ select pg_catalog.now() + by from ahead.clock $$;
    create function ahead.clock_timestamp() returns timestamptz language sql volatile
      as $$ select pg_catalog.clock_timestamp() + by from ahead.clock $$;
    grant usage on schema ahead to public;
    grant select on ahead.clock to public;
    do $$ declare it record; begin
      execute format('alter database %I set search_path = ahead, pg_catalog, public',
        current_database());
      for it in select table_name, column_name from information_schema.columns
        where table_schema = 'public' and column_default = 'now()'
      loop
        execute format('alter table public.%I alter column %I set default ahead.now()',
          it.table_name, it.column_name);
      end loop;
    end $$;`,
  );
}

/** Puts the clock of a database that `leadDatabase` has prepared. */
export async function setDatabaseClock({ em }: Database, { aheadMs }: AheadClock): Promise<void> {
  await em.fork().execute("update ahead.clock set by = ? * interval '1 millisecond'", [aheadMs]);
}
