import { Connection } from "@temporalio/client";
import { Redis } from "ioredis";
import { Client } from "pg";
import { expect, inject, test } from "vitest";

test("the tests' PostgreSQL takes its password and no other", async () => {
  const { url } = inject("postgres");
  const client = new Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query("select current_database() as name, lower('Ж') as lowered");
  await client.end();
  expect(rows).toEqual([{ name: "tollgate", lowered: "ж" }]);

  const wrong = new URL(url);
  wrong.password = "wrong";
  const stranger = new Client({ connectionString: wrong.href });
  await expect(stranger.connect()).rejects.toThrow(/password authentication failed/u);
  await stranger.end();
});

test("the tests' Temporal can skip time and knows our search attributes", async () => {
  const connection = await Connection.connect({ address: inject("temporal").address });
  try {
    const { serverVersion } = await connection.workflowService.getSystemInfo({});
    const [major = 0, minor = 0] = serverVersion.split(".").map(Number);
    expect(major * 1_000 + minor).toBeGreaterThanOrEqual(1_032);
    const known = await connection.operatorService.listSearchAttributes({ namespace: "default" });
    const names = ["Stage", "CustomerId", "Plan", "Host", "Gateway", "NeedsHuman"];
    expect(Object.keys(known.customAttributes)).toEqual(expect.arrayContaining(names));
  } finally {
    await connection.close();
  }
});

test.skipIf(inject("redis") === undefined)("the tests' Redis answers", async () => {
  const redis = new Redis(inject("redis")?.url ?? "");
  expect(await redis.ping()).toBe("PONG");
  redis.disconnect();
});
