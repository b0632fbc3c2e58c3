import { describe, expect, test } from "vitest";
import { inDays, type Remnawave, startRemnawave } from "./remnawave-client.ts";

const limit = 1_000;
type Status = "ACTIVE" | "DISABLED" | "LIMITED" | "EXPIRED";

/** A user in this state by what really leads to it. The limit is 1,000 bytes, the expiry in a day. */
async function bring(panel: Remnawave, status: Status, used = 0) {
  const fields = { trafficLimitBytes: limit, expireAt: inDays(1) };
  const { id } = await panel.create("ann", fields);
  if (status === "LIMITED" || used > 0) {
    await panel.traffic("ann", status === "LIMITED" ? Math.max(used, limit) : used);
    await panel.advance(60);
  }
  if (status === "EXPIRED") await panel.advance(86_400 + 60);
  if (status === "DISABLED") await panel.act(id, "disable");
  expect(await panel.find("ann")).toMatchObject({ status });
  return id;
}

describe("what a PATCH makes of a status, line by line", () => {
  test.each<[Status, object, string]>([
    ["ACTIVE", { status: "DISABLED" }, "DISABLED"],
    ["LIMITED", { status: "DISABLED" }, "LIMITED"],
    ["EXPIRED", { status: "DISABLED" }, "EXPIRED"],
    ["LIMITED", { status: "ACTIVE" }, "ACTIVE"],
    ["EXPIRED", { status: "ACTIVE" }, "ACTIVE"],
    ["DISABLED", { status: "ACTIVE" }, "ACTIVE"],
    ["LIMITED", { trafficLimitBytes: limit + 1 }, "ACTIVE"],
    ["LIMITED", { trafficLimitBytes: 0 }, "ACTIVE"],
    ["LIMITED", { trafficLimitBytes: limit }, "LIMITED"],
    ["LIMITED", { trafficLimitBytes: limit - 1 }, "LIMITED"],
    ["EXPIRED", { expireAt: inDays(30) }, "ACTIVE"],
    ["EXPIRED", { expireAt: inDays(30), status: "DISABLED" }, "EXPIRED"],
    ["DISABLED", { expireAt: inDays(30) }, "DISABLED"],
    ["DISABLED", { trafficLimitBytes: 0, expireAt: inDays(30) }, "DISABLED"],
    ["ACTIVE", { description: "nothing else" }, "ACTIVE"],
  ])("%s and %j", async (before, fields, after) => {
    const panel = await startRemnawave();
    const id = await bring(panel, before);
    const answer = await panel.patch({ id, ...fields });
    expect(answer).toMatchObject({ status: 200, result: { status: after } });
  });

  test("any and a past expiry: 400", async () => {
    const panel = await startRemnawave();
    const id = await bring(panel, "ACTIVE");
    expect((await panel.patch({ id, expireAt: inDays(-1) })).status).toBe(400);
  });

  test.each(["LIMITED", "EXPIRED"])("%s may not be asked for", async (status) => {
    const panel = await startRemnawave();
    const id = await bring(panel, "ACTIVE");
    expect((await panel.patch({ id, status })).status).toBe(400);
  });
});

test("ACTIVE that is asked for is judged again: expiry within 30 s, quota within 45 s", async () => {
  const panel = await startRemnawave();
  const id = await bring(panel, "LIMITED");
  await panel.patch({ id, status: "ACTIVE" });
  await panel.advance(20);
  expect((await panel.find("ann")).status).toBe("ACTIVE");
  await panel.advance(25);
  expect((await panel.find("ann")).status).toBe("LIMITED");
  await panel.advance(86_400);
  expect((await panel.find("ann")).status).toBe("EXPIRED");
  await panel.act(id, "enable");
  await panel.advance(31);
  expect((await panel.find("ann")).status).toBe("EXPIRED");
});

test("a limit raised less than was used revives for as long as nobody looks", async () => {
  const panel = await startRemnawave();
  const id = await bring(panel, "LIMITED", 5_000);
  await panel.patch({ id, trafficLimitBytes: 2_000 });
  expect((await panel.find("ann")).status).toBe("ACTIVE");
  await panel.advance(60);
  expect((await panel.find("ann")).status).toBe("LIMITED");
});

test("a reset of traffic revives whoever is limited, and the lifetime stays", async () => {
  const panel = await startRemnawave();
  const id = await bring(panel, "LIMITED");
  await panel.act(id, "reset-traffic");
  expect(await panel.find("ann")).toMatchObject({
    status: "ACTIVE",
    userTraffic: { usedTrafficBytes: 0, lifetimeUsedTrafficBytes: limit },
  });
});

test("a disabled user never expires", async () => {
  const panel = await startRemnawave();
  const id = await bring(panel, "DISABLED");
  await panel.advance(3 * 86_400);
  expect((await panel.find("ann")).status).toBe("DISABLED");
  await panel.act(id, "enable");
  await panel.advance(31);
  expect((await panel.find("ann")).status).toBe("EXPIRED");
});

test.each<[Status]>([["ACTIVE"], ["LIMITED"], ["EXPIRED"]])(
  "the action disables from %s, and a second time is A029",
  async (status) => {
    const panel = await startRemnawave();
    const id = await bring(panel, status);
    expect(await panel.act(id, "disable")).toMatchObject({
      status: 200,
      result: { status: "DISABLED" },
    });
    expect(await panel.act(id, "disable")).toMatchObject({
      status: 400,
      body: { errorCode: "A029", message: "User already disabled" },
    });
  },
);

test("the action enables from all but ACTIVE, which is A030", async () => {
  const panel = await startRemnawave();
  const id = await bring(panel, "DISABLED");
  expect((await panel.act(id, "enable")).result.status).toBe("ACTIVE");
  expect(await panel.act(id, "enable")).toMatchObject({
    status: 400,
    body: { errorCode: "A030", message: "User already enabled" },
  });
});

test("a status changes at the panel's own moments, not when its reason comes", async () => {
  const { create, advance, find, traffic } = await startRemnawave();
  // The clock starts at second 1 of a minute.
  await create("ends", { expireAt: new Date(Date.parse(inDays(0)) + 5_000).toISOString() });
  await create("uses", { trafficLimitBytes: 100 });
  await traffic("uses", 100);
  await advance(13);
  expect(await find("uses")).toMatchObject({ userTraffic: { usedTrafficBytes: 0 } });
  await advance(2);
  expect(await find("uses")).toMatchObject({ userTraffic: { usedTrafficBytes: 100 } });
  expect([(await find("ends")).status, (await find("uses")).status]).toEqual(["ACTIVE", "ACTIVE"]);
  await advance(14);
  expect([(await find("ends")).status, (await find("uses")).status]).toEqual(["EXPIRED", "ACTIVE"]);
  await advance(15);
  expect((await find("uses")).status).toBe("LIMITED");
});

test("an expiry that was past from the start is judged at the next review, not at once", async () => {
  const { create, advance, find } = await startRemnawave();
  await advance(100);
  await create("ann", { expireAt: inDays(-1) });
  expect((await find("ann")).status).toBe("ACTIVE");
  await advance(18);
  expect((await find("ann")).status).toBe("ACTIVE");
  await advance(1);
  expect((await find("ann")).status).toBe("EXPIRED");
});

test("usage sets the online times once and again, and little of it may be dropped", async () => {
  const { create, advance, find, traffic } = await startRemnawave({ ignoreUsageBelow: 50 });
  await create("ann");
  await traffic("ann", 49);
  await advance(15);
  expect(await find("ann")).toMatchObject({ userTraffic: { usedTrafficBytes: 0, onlineAt: null } });
  await traffic("ann", 50);
  await advance(15);
  const { userTraffic: first } = await find("ann");
  await traffic("ann", 70);
  await advance(15);
  const { userTraffic: second } = await find("ann");
  expect(first).toMatchObject({ usedTrafficBytes: 50, firstConnectedAt: first["onlineAt"] });
  expect(second).toMatchObject({
    usedTrafficBytes: 120,
    lifetimeUsedTrafficBytes: 120,
    firstConnectedAt: first["onlineAt"],
    lastConnectedNodeUuid: expect.any(String),
  });
  expect(second["onlineAt"]).not.toBe(first["onlineAt"]);
});

// The clock starts on Friday, 2026-11-20, at 12:00:01.
test.each([
  ["DAY", "2026-11-21T00:05:00.000Z"],
  ["WEEK", "2026-11-23T00:15:00.000Z"],
  ["MONTH", "2026-12-01T00:20:00.000Z"],
  ["MONTH_ROLLING", "2026-12-20T00:10:00.000Z"],
])(
  "traffic of %s is reset at %s: used falls, lifetime does not, limited is active",
  async (period, at) => {
    const { create, advance, find, traffic } = await startRemnawave();
    const fields = { trafficLimitStrategy: period, trafficLimitBytes: 10, expireAt: inDays(90) };
    await create("ann", fields);
    await traffic("ann", 10);
    const beforeS = (Date.parse(at) - Date.parse(inDays(0))) / 1_000 - 1;
    await advance(beforeS);
    expect(await find("ann")).toMatchObject({ status: "LIMITED", lastTrafficResetAt: null });
    await advance(1);
    expect(await find("ann")).toMatchObject({
      status: "ACTIVE",
      lastTrafficResetAt: at,
      userTraffic: { usedTrafficBytes: 0, lifetimeUsedTrafficBytes: 10 },
    });
  },
);

test("a rolling month of the 31st is over on the last day of a shorter one", async () => {
  const { create, advance, find, traffic } = await startRemnawave();
  const createdAt = "2026-10-31T08:00:00Z";
  await create("ann", { trafficLimitStrategy: "MONTH_ROLLING", createdAt, expireAt: inDays(90) });
  await traffic("ann", 10);
  await advance(11 * 86_400);
  expect(await find("ann")).toMatchObject({ lastTrafficResetAt: "2026-11-30T00:10:00.000Z" });
});

test("an extension counts from the expiry, or from now when that has passed, and revives", async () => {
  const panel = await startRemnawave();
  const id = await bring(panel, "ACTIVE");
  expect((await panel.act(id, "extend", { days: 2 })).result["expireAt"]).toBe(inDays(3));
  await panel.advance(4 * 86_400);
  const { result } = await panel.act(id, "extend", { days: 1 });
  expect(result).toMatchObject({ status: "ACTIVE", expireAt: inDays(5) });
});
