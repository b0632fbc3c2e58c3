import { randomUUID } from "node:crypto";
import { Client, Connection } from "@temporalio/client";
import { inject } from "vitest";
import { ensureSearchAttributes } from "../../tools/servers/search-attributes.ts";

/** A namespace and a client of it. */
export interface TestNamespace {
  readonly address: string;
  readonly namespace: string;
  readonly connection: Connection;
  readonly client: Client;
}

/**
 * Creates a namespace on the run's Temporal server, so that workflow ids do not clash, and waits
 * until it is usable.
 */
export async function createNamespace(
  address = inject("temporal").address,
): Promise<TestNamespace> {
  const connection = await Connection.connect({ address, connectTimeout: "60s" });
  const namespace = `test-${randomUUID().slice(0, 8)}`;
  await connection.workflowService.registerNamespace({
    namespace,
    workflowExecutionRetentionPeriod: { seconds: 86_400 as never },
  });
  await ensureSearchAttributes(connection, namespace, 30_000);
  return { address, namespace, connection, client: new Client({ connection, namespace }) };
}
