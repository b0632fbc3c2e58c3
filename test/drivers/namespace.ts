import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { Client, Connection } from "@temporalio/client";
import { inject } from "vitest";
import { addSearchAttributes } from "../../workers/search-attributes.ts";

export interface TestNamespace {
  readonly address: string;
  readonly namespace: string;
  readonly connection: Connection;
  readonly client: Client;
}

/** A namespace of its own on the run's Temporal server, ready to use: its workflow ids are nobody else's. */
export async function createNamespace(
  address = inject("temporal").address,
): Promise<TestNamespace> {
  const connection = await Connection.connect({ address, connectTimeout: "60s" });
  const namespace = `test-${randomUUID().slice(0, 8)}`;
  await connection.workflowService.registerNamespace({
    namespace,
    workflowExecutionRetentionPeriod: { seconds: 86_400 as never },
  });
  for (const end = Date.now() + 30_000; ; await delay(50)) {
    try {
      await addSearchAttributes(connection, namespace);
      break;
    } catch (error) {
      if (Date.now() > end) throw error;
    }
  }
  return { address, namespace, connection, client: new Client({ connection, namespace }) };
}
