import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client, Connection } from "@temporalio/client";
import { expect, inject, test } from "vitest";
import { isGoInstalled } from "../../tools/servers/temporal-build.ts";
import {
  buildServerBinaries,
  startPostgresBackedTemporal,
} from "../../tools/servers/temporal-postgres.ts";

const allRequired = Boolean(process.env["CI"] ?? process.env["TOLLGATE_REQUIRE_ALL"]);

test.skipIf(!isGoInstalled() && !allRequired)(
  "a Temporal on PostgreSQL that is killed continues its workflows when it is started again",
  { timeout: 900_000 },
  async () => {
    const dataDir = mkdtempSync(join(tmpdir(), "tollgate-temporal-"));
    const binaries = await buildServerBinaries((line) => console.error(line));
    const postgresUrl = inject("postgres").url;
    const options = { binaries, dataDir, postgresUrl, endsWithParent: true };
    const workflowId = "left-waiting";
    try {
      const first = await startPostgresBackedTemporal(options);
      await withClient(first.address, (client) =>
        client.workflow.start("nobody", { workflowId, taskQueue: "nobody" }),
      );
      process.kill(first.pid, "SIGKILL");
      await first.exited;

      const second = await startPostgresBackedTemporal(options);
      const status = await withClient(second.address, async (client) => {
        const description = await client.workflow.getHandle(workflowId).describe();
        return description.status.name;
      });
      await second.stop();
      expect(status).toBe("RUNNING");
    } finally {
      rmSync(dataDir, { recursive: true, force: true });
    }
  },
);

async function withClient<Result>(
  address: string,
  act: (client: Client) => Promise<Result>,
): Promise<Result> {
  const connection = await Connection.connect({ address });
  try {
    return await act(new Client({ connection }));
  } finally {
    await connection.close();
  }
}
