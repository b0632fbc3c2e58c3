import { text } from "node:stream/consumers";
import { expect, test } from "vitest";
import { eventually, startReceiver } from "./servers.ts";
import { dayMs, startMs, startXui } from "./x-ui-client.ts";

test("a review comes each five seconds: what was used, then who has used it up", async () => {
  const { add, traffic, advance, get, usage } = await startXui();
  await add("ann", { totalGB: 100 });
  await traffic("ann", 60, 40);
  await advance(1);
  expect(await usage("ann")).toMatchObject({ up: 0, down: 0, enable: true });
  await advance(1);
  expect(await usage("ann")).toMatchObject({ up: 40, down: 60, enable: false });
  expect((await get("ann"))["enable"]).toBe(false);
});

test("an expired client is disabled by itself, in record, row and inbound, and nobody says why", async () => {
  const { add, advance, get, usage, api, letIn } = await startXui();
  await add("ann", { expiryTime: startMs + 1_000 }, [1, 2]);
  expect(await letIn()).toEqual(["ann 1", "ann 2"]);
  await advance(2);
  const client = await get("ann");
  expect(client).toMatchObject({ enable: false, expiryTime: startMs + 1_000, comment: "" });
  expect(await usage("ann")).toMatchObject({ enable: false });
  const { obj } = await api("GET", "/inbounds/get/2");
  expect(obj).toMatchObject({ settings: { clients: [{ email: "ann", enable: false }] } });
  expect(await letIn()).toEqual([]);
});

test("seconds in place of milliseconds are the year 1970: disabled at once", async () => {
  const { add, advance, get } = await startXui();
  await add("ann", { expiryTime: Math.floor((startMs + 30 * dayMs) / 1_000) });
  expect((await get("ann"))["enable"]).toBe(true);
  await advance(5);
  expect((await get("ann"))["enable"]).toBe(false);
});

test("a negative expiry begins with the first traffic", async () => {
  const { add, traffic, advance, get, usage } = await startXui();
  await add("ann", { expiryTime: -dayMs });
  await advance(86_400);
  expect((await get("ann"))["expiryTime"]).toBe(-dayMs);
  await traffic("ann", 1);
  await advance(2);
  const { expiryTime } = (await get("ann")) as { expiryTime: number };
  expect(expiryTime).toBeGreaterThan(startMs + 2 * dayMs);
  expect(await usage("ann")).toMatchObject({ expiryTime });
  await advance(2 * 86_400);
  expect((await get("ann"))["enable"]).toBe(false);
});

test("who is used up is revived by a reset, or by an update that enables and extends", async () => {
  const { add, traffic, advance, get, usage, api, update, letIn } = await startXui();
  await add("ann", { totalGB: 10 });
  await traffic("ann", 10);
  await advance(5);
  expect(await letIn()).toEqual([]);
  const reset = await api("POST", "/clients/resetTraffic/ann");
  expect(reset.msg).toBe("Traffic has been reset.");
  expect(await usage("ann")).toMatchObject({ down: 0, enable: true });
  expect(await letIn()).toEqual(["ann 1"]);
  await update("ann", { email: "ann", enable: true, expiryTime: startMs - 1 });
  await advance(5);
  expect((await get("ann"))["enable"]).toBe(false);
  await update("ann", { email: "ann", enable: true, expiryTime: startMs + dayMs });
  await advance(60);
  expect((await get("ann"))["enable"]).toBe(true);
  expect(await letIn()).toEqual(["ann 1"]);
});

test("an update that enables who has used everything up holds until the next review", async () => {
  const { add, traffic, advance, get, update } = await startXui();
  await add("ann", { totalGB: 10 });
  await traffic("ann", 10);
  await advance(5);
  await update("ann", { email: "ann", enable: true, totalGB: 10 });
  expect((await get("ann"))["enable"]).toBe(true);
  await advance(5);
  expect((await get("ann"))["enable"]).toBe(false);
});

test("with days to renew the panel moves the expiry itself, and what was used begins anew", async () => {
  const { add, traffic, advance, get, usage } = await startXui();
  await add("ann", { expiryTime: startMs + 1_000, totalGB: 10, reset: 30 });
  await traffic("ann", 10);
  await advance(2);
  const moved = startMs + 1_000 + 30 * dayMs;
  expect(await get("ann")).toMatchObject({ enable: true, expiryTime: moved });
  expect(await usage("ann")).toMatchObject({ down: 0, enable: true, expiryTime: moved });
  await advance(65 * 86_400);
  expect((await get("ann"))["expiryTime"]).toBe(moved + 60 * dayMs);
});

test("what is used is one row over all inbounds, up and down apart", async () => {
  const { add, traffic, advance, find, usage } = await startXui();
  await add("ann", {}, [1, 2]);
  await traffic("ann", 5, 1);
  await traffic("ann", 7, 2);
  await advance(5);
  expect(await usage("ann")).toMatchObject({ up: 3, down: 12, lastOnline: startMs + 2_000 });
  expect((await find("ann")).usedTraffic).toBe(15);
});

test("a dying core lets nobody in, and reviews come each thirty seconds", async () => {
  const { add, advance, get, letIn, control } = await startXui();
  await add("ann", { expiryTime: startMs + 1_000 });
  await add("bob");
  await control("node", { state: "dying" }, "PUT");
  expect(await letIn()).toEqual([]);
  await advance(20);
  expect((await get("ann"))["enable"]).toBe(true);
  await advance(10);
  expect((await get("ann"))["enable"]).toBe(false);
  await control("node", { state: "running" }, "PUT");
  expect(await letIn()).toEqual(["bob 1"]);
});

test("a core that takes no orders learns when it is restarted, within thirty seconds", async () => {
  const { add, api, advance, letIn, control, node } = await startXui();
  await add("ann");
  await control("node", { state: "deaf" }, "PUT");
  await add("bob");
  await api("POST", "/clients/bulkDisable", { emails: ["ann"] });
  expect(await letIn()).toEqual(["ann 1"]);
  expect((await node()).needs_restart).toBe(true);
  await advance(30);
  expect(await letIn()).toEqual(["bob 1"]);
  expect((await node()).needs_restart).toBe(false);
});

test("the core is told at once: added, disabled, moved, deleted", async () => {
  const { add, api, update, letIn } = await startXui();
  await add("ann", {}, [1, 2]);
  expect(await letIn()).toEqual(["ann 1", "ann 2"]);
  await api("POST", "/clients/ann/detach", { inboundIds: [1] });
  expect(await letIn()).toEqual(["ann 2"]);
  await update("ann", { email: "ann" });
  expect(await letIn()).toEqual([]);
  await api("POST", "/clients/bulkEnable", { emails: ["ann"] });
  expect(await letIn()).toEqual(["ann 2"]);
  await api("POST", "/clients/del/ann");
  expect(await letIn()).toEqual([]);
});

test("counters jump when the core restarts, if the switch is on (#5456)", async () => {
  const { add, traffic, advance, usage, control, switches } = await startXui();
  await add("ann");
  await traffic("ann", 10);
  await advance(5);
  await control("node/restart", {});
  expect(await usage("ann")).toMatchObject({ down: 10 });
  await switches({ jump_on_restart: true });
  await control("node/restart", {});
  expect(await usage("ann")).toMatchObject({ down: 20 });
});

test("counters stand still, if the switch is on (#5844)", async () => {
  const { add, traffic, advance, usage, switches, control } = await startXui();
  await add("ann");
  expect(await control("switches")).toEqual({
    jump_on_restart: false,
    frozen_counters: false,
    resets_come_back: false,
  });
  await switches({ frozen_counters: true });
  await traffic("ann", 10);
  await advance(60);
  expect(await usage("ann")).toMatchObject({ down: 0 });
  await switches({ frozen_counters: false });
  await traffic("ann", 10);
  await advance(5);
  expect(await usage("ann")).toMatchObject({ down: 10 });
});

test("resets come back, if the switch is on (#5390)", async () => {
  const { add, api, traffic, advance, usage, switches } = await startXui();
  await switches({ resets_come_back: true });
  await add("ann");
  await traffic("ann", 10);
  await advance(5);
  await api("POST", "/clients/resetTraffic/ann");
  expect(await usage("ann")).toMatchObject({ down: 0 });
  await advance(5);
  expect(await usage("ann")).toMatchObject({ down: 10 });
});

test("the traffic of each review is posted once, unsigned", async () => {
  const bodies: unknown[] = [];
  const trafficUrl = await startReceiver(async (request, response) => {
    bodies.push(JSON.parse(await text(request)));
    response.writeHead(500).end();
  });
  const { add, traffic, advance } = await startXui({ trafficUrl });
  await add("ann");
  await traffic("ann", 10, 1);
  await advance(5);
  await traffic("ann", 5);
  await advance(5);
  await eventually(() => expect(bodies).toHaveLength(2));
  expect(bodies).toContainEqual({
    clientTraffics: [{ email: "ann", up: 1, down: 10 }],
    inboundTraffics: [],
  });
  await expect(startXui({ trafficUrl: "http://example.org/" })).rejects.toThrow("127.0.0.1");
});
