import { expect, test } from "vitest";
import { WriteQueue } from "../../emulators/x-ui/write-queue.ts";
import { startXui } from "./x-ui-client.ts";

const add = "POST /clients/add";

test.each(["drop-after-success", "timeout-after-success"])(
  "%s: the client is there, though nobody was answered",
  async (kind) => {
    const panel = await startXui();
    await panel.fault({ kind, method: add, times: 1, hold_ms: 5 });
    await expect(panel.add("ann")).rejects.toThrow("fetch failed");
    expect(await panel.find("ann")).toMatchObject({ inboundIds: [1] });
    expect(await panel.add("ann")).toMatchObject({ success: true });
  },
);

test("500-after-success: the client is there, though the answer is empty", async () => {
  const panel = await startXui();
  await panel.fault({ kind: "500-after-success", method: add, times: 1 });
  expect(await panel.add("ann")).toEqual({ status: 500 });
  expect(await panel.find("ann")).toMatchObject({ inboundIds: [1] });
});

test.each([
  ["500", 500],
  ["429", 429],
  ["401", 404],
])("%s: nothing was done", async (kind, status) => {
  const panel = await startXui();
  await panel.fault({ kind, method: add, times: 1 });
  expect(await panel.add("ann")).toEqual({ status });
  expect((await panel.api("GET", "/clients/list")).obj).toEqual([]);
});

test("502 is a page of a proxy; a dropped connection does nothing", async () => {
  const { fault, url, add: addClient, api } = await startXui();
  await fault({ kind: "502", times: 1 });
  const headers = { authorization: "Bearer testXuiToken000000000000000000000000000000000000" };
  const page = await fetch(`${url}/panel/api/clients/list`, { headers });
  expect(page.status).toBe(502);
  expect(await page.text()).toContain("502 Bad Gateway");
  await fault({ kind: "drop-connection", times: 1 });
  await expect(addClient("ann")).rejects.toThrow("fetch failed");
  expect((await api("GET", "/clients/list")).obj).toEqual([]);
});

test("a fault may name a client", async () => {
  const panel = await startXui();
  await panel.fault({ kind: "500", email: "ann" });
  expect((await panel.add("bob")).success).toBe(true);
  expect((await panel.add("ann")).status).toBe(500);
  expect((await panel.api("GET", "/clients/get/ann")).status).toBe(500);
});

test("calls are counted with their outcome, and without the token", async () => {
  const { add: addClient, calls, url, api, control } = await startXui();
  await addClient("ann");
  await addClient("ann", { subId: "other" });
  await api("GET", "/clients/get/ann");
  expect(await calls(add)).toMatchObject([
    { ok: true, status: 200, email: "ann" },
    { ok: false, status: 200, email: "ann", error: expect.stringContaining("already in use") },
  ]);
  expect(await calls("GET /clients/get/{email}")).toMatchObject([{ ok: true, email: "ann" }]);
  expect(await (await fetch(`${url}/control/calls`)).text()).not.toContain("testXuiToken");
  await control("reset", {});
  expect(await calls(add)).toEqual([]);
  expect((await api("GET", "/clients/list")).obj).toEqual([]);
});

test("writes come one after the other, a quick one after a slow one", async () => {
  const writes = new WriteQueue(1);
  const over: string[] = [];
  const slow = writes.run(() => writes.count(30)).then(() => over.push("slow"));
  const quick = writes.run(() => writes.count(1)).then(() => over.push("quick"));
  await Promise.all([slow, quick]);
  expect(over).toEqual(["slow", "quick"]);
});

test("a write takes the longer the more clients its inbounds have", async () => {
  const { add: addClient, api, calls } = await startXui({ writeMsPerClient: 1 });
  const many = Array.from({ length: 50 }, (_, n) => ({
    client: { email: `client${n}`, subId: `sub${n}` },
    inboundIds: [1, 2],
  }));
  await api("POST", "/clients/bulkCreate", many);
  await addClient("ann", {}, [3]);
  await Promise.all([addClient("bob"), addClient("cid", {}, [1, 2])]);
  const took = async (method: string) => (await calls(method)).map(({ tookMs }) => tookMs);
  expect(await took("POST /clients/bulkCreate")).toEqual([100]);
  expect(await took(add)).toEqual([1, 51, 103]);
  await api("GET", "/clients/list");
  expect((await calls("GET /clients/list"))[0]).not.toHaveProperty("tookMs");
});

test("a backup comes back, with the ids of its time; the core follows", async () => {
  const { add: addClient, api, control, find, letIn } = await startXui();
  await addClient("ann");
  const before = await find("ann");
  await control("snapshots", { name: "monday" });
  await api("POST", "/clients/del/ann");
  await addClient("bob");
  await control("restore", { name: "monday" });
  expect(await find("ann")).toEqual(before);
  expect((await api("GET", "/clients/get/bob")).success).toBe(false);
  expect(await letIn()).toEqual(["ann 1"]);
  await addClient("cid");
  expect(await find("cid")).toMatchObject({ client: { id: 2 } });
  expect(await control("restore", { name: "none" })).toHaveProperty("error");
});

test("an operator makes and deletes clients by hand, and adds inbounds", async () => {
  const { control, api, letIn, traffic, find } = await startXui();
  const foreign = { email: "of_others", subId: "theirs", group: "sales" };
  await control("users", { client: foreign, inboundIds: [1] });
  expect(await find("of_others")).toMatchObject({ client: { group: "sales" } });
  expect(await control("users")).toMatchObject([{ email: "of_others" }]);
  expect(await traffic("of_others", 1)).toEqual({ let_in: true });
  const wrong = await control("users", { client: { email: "" }, inboundIds: [1] });
  expect(wrong).toEqual({ error: "client email is required" });
  await control("inbounds", { remark: "Fourth", port: 4434 });
  expect((await api("GET", "/inbounds/options")).obj).toMatchObject([{}, {}, {}, { id: 4 }]);
  await control("delete", { emails: ["of_others"] });
  expect(await letIn()).toEqual([]);
  expect(await control("delete", { emails: ["of_others"] })).toHaveProperty("error");
  expect(await traffic("of_others", 1)).toHaveProperty("error");
});
