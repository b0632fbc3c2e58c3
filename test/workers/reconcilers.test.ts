import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { hostId } from "../../domain/ids.ts";
import type { GatewayName } from "../../domain/payment.ts";
import { createLogger } from "../../runtime/log.ts";
import { keepReconcilers } from "../../workers/reconcilers.ts";
import { workflowIds } from "../../workflows/contract.ts";
import { eventually } from "../support/eventually.ts";
import { createNamespace, type TestNamespace } from "../support/namespace.ts";

let temporal: TestNamespace;
beforeAll(async () => {
  temporal = await createNamespace();
});
afterAll(() => temporal.connection.close());

test("a reconciler that somebody has ended is begun again while the worker runs; one that runs has no event of it", async () => {
  const host = { id: hostId(randomUUID()), name: "one" };
  const gateway = "memory" as GatewayName;
  const all = [
    workflowIds.messages,
    workflowIds.audit,
    workflowIds.host(host.id),
    workflowIds.gateway(gateway),
  ];
  const describe = (id: string) => temporal.client.workflow.getHandle(id).describe();
  const end = await keepReconcilers(
    temporal.client,
    { hosts: [host], gateways: [gateway] },
    createLogger("test", "silent"),
    100,
  );
  try {
    const before = new Map<string, string>();
    for (const id of all) before.set(id, (await describe(id)).runId);
    const [ended = "", ...others] = all;
    for (const id of all) await temporal.client.workflow.getHandle(id).terminate("a mistake");
    for (const id of all) {
      await eventually(async () => {
        const now = await describe(id);
        expect(now.status.name).toBe("RUNNING");
        expect(now.runId).not.toBe(before.get(id));
      });
    }
    const { runId, historyLength } = await describe(ended);
    await temporal.client.workflow.getHandle(others[0]!).terminate("once more");
    await eventually(async () => expect((await describe(others[0]!)).status.name).toBe("RUNNING"));
    expect(await describe(ended)).toMatchObject({ runId, historyLength });
  } finally {
    end();
  }
});
