import { expect, test } from "vitest";
import { startMs, startXui } from "./x-ui-client.ts";

const wrong = (reason: string) => ({
  status: 200,
  success: false,
  msg: `Something went wrong (${reason})`,
  obj: null,
});

test("a client is added, always enabled, and shown with every field of its record", async () => {
  const { add, find } = await startXui();
  const answer = await add("tg_ann", {
    subId: "chosen-by-us",
    id: "0b6a7a52-3c58-4f9a-9a43-6f8f5d1f2e11",
    totalGB: 1_000,
    expiryTime: startMs + 1_000_000,
    enable: false,
    limitIp: 2,
    comment: "tollgate:shop:1",
    group: "tollgate",
    flow: "xtls-rprx-vision",
    reset: 0,
    limitHwid: 3,
    unheardOf: true,
  });
  expect(answer).toEqual({
    status: 200,
    success: true,
    msg: "Inbound client(s) have been added.",
    obj: null,
  });
  expect(await find("tg_ann")).toEqual({
    client: {
      id: 1,
      email: "tg_ann",
      subId: "chosen-by-us",
      uuid: "0b6a7a52-3c58-4f9a-9a43-6f8f5d1f2e11",
      password: "",
      auth: "",
      flow: "xtls-rprx-vision",
      security: "",
      privateKey: "",
      publicKey: "",
      allowedIPs: "",
      preSharedKey: "",
      keepAlive: 0,
      secret: "",
      adTag: "",
      limitIp: 2,
      totalGB: 1_000,
      expiryTime: startMs + 1_000_000,
      enable: true,
      tgId: 0,
      group: "tollgate",
      comment: "tollgate:shop:1",
      reset: 0,
      createdAt: startMs,
      updatedAt: startMs,
      reverse: null,
    },
    externalLinks: [],
    inboundIds: [1],
    usedTraffic: 0,
  });
});

test("an email that is taken: with the same subscription a success, which changes no limit", async () => {
  const { add, get } = await startXui();
  await add("ann", { totalGB: 1_000, comment: "first" });
  expect(await add("ann", { totalGB: 5, comment: "second" })).toMatchObject({ success: true });
  expect(await get("ann")).toMatchObject({ totalGB: 1_000, comment: "first" });
});

test("adding again puts a client on the inbounds that it is not on, and then its limits change", async () => {
  const { add, find, usage } = await startXui();
  await add("ann", { totalGB: 1_000 });
  const { client: first } = await find("ann");
  await add("ann", { totalGB: 7_000 }, [1, 2, 3]);
  const { client, inboundIds } = await find("ann");
  expect(inboundIds).toEqual([1, 2, 3]);
  expect(client).toMatchObject({
    totalGB: 7_000,
    uuid: first["uuid"],
    password: expect.any(String),
  });
  expect(await usage("ann")).toMatchObject({ total: 7_000, inboundId: 3 });
});

test("another subscription, another case, and a subscription of another are refused", async () => {
  const { add } = await startXui();
  await add("ann");
  expect(await add("ann", { subId: "other" })).toEqual(wrong("email already in use: ann\n"));
  expect(await add("ANN", { subId: "third" })).toEqual(wrong("Duplicate email: ANN\n"));
  expect(await add("bob", { subId: "sub-ann" })).toEqual(wrong("subId already in use: sub-ann\n"));
});

test.each([
  [{ email: "" }, "client email is required\n"],
  [{ email: "with space" }, "client email contains an invalid character: with space\n"],
  [{ email: "a/b" }, "client email contains an invalid character: a/b\n"],
  [{ email: "a\\b" }, "client email contains an invalid character: a\\b\n"],
  [{ subId: "a b" }, "client subId contains an invalid character: a b\n"],
  [
    { totalGB: "5" },
    "json: cannot unmarshal string into Go struct field Client.client.totalGB of type int64",
  ],
  [
    { totalGB: 1.5 },
    "json: cannot unmarshal number 1.5 into Go struct field Client.client.totalGB of type int64",
  ],
  [
    { enable: "yes" },
    "json: cannot unmarshal string into Go struct field Client.client.enable of type bool",
  ],
])("a wrong field has its reason: %j", async (fields, reason) => {
  const { add, api } = await startXui();
  expect(await add("ann", fields)).toEqual(wrong(reason));
  expect((await api("GET", "/clients/list")).obj).toEqual([]);
});

test("a client without inbounds is refused; a body that is broken says how", async () => {
  const { add, url } = await startXui();
  expect(await add("ann", {}, [])).toEqual(wrong("at least one inbound is required\n"));
  const post = async (body: string) => {
    const headers = { authorization: "Bearer testXuiToken000000000000000000000000000000000000" };
    const answer = await fetch(`${url}/panel/api/clients/add`, { method: "POST", headers, body });
    return ((await answer.json()) as { msg: string }).msg;
  };
  expect(await post("")).toBe("Something went wrong (EOF)");
  expect(await post("{bad")).toContain("invalid character 'b' looking for beginning of object key");
  expect(await post("[]")).toContain("json: cannot unmarshal array into Go value of type");
});

test("an inbound that there is not: a failure, and the client is on the others", async () => {
  const { add, find, letIn } = await startXui();
  expect(await add("ann", {}, [1, 99])).toEqual(wrong("record not found"));
  expect((await find("ann")).inboundIds).toEqual([1]);
  expect(await letIn()).toEqual(["ann 1"]);
});

test("six at once are six successes and one client", async () => {
  const { add, api } = await startXui();
  const answers = await Promise.all(Array.from({ length: 6 }, () => add("ann", {}, [1, 2])));
  expect(answers.map(({ success }) => success)).toEqual([true, true, true, true, true, true]);
  expect((await api("GET", "/clients/list")).obj).toHaveLength(1);
  const { obj } = await api<{ settings: { clients: unknown[] } }>("GET", "/inbounds/get/1");
  expect(obj.settings.clients).toHaveLength(1);
});

test("update replaces: what is left out is off, zero or empty; only credentials stay", async () => {
  const { add, update, get } = await startXui();
  const fields = { totalGB: 1_000, expiryTime: startMs * 2, comment: "c", group: "g", limitIp: 2 };
  await add("ann", fields, [1, 3]);
  const before = await get("ann");
  const answer = await update("ann", { email: "ann", totalGB: 5 });
  expect(answer).toMatchObject({ success: true, msg: "Inbound client has been updated." });
  expect(await get("ann")).toEqual({
    ...before,
    totalGB: 5,
    enable: false,
    expiryTime: 0,
    comment: "",
    group: "",
    limitIp: 0,
    updatedAt: expect.any(Number),
  });
});

test("update needs an email; another one renames, unless it is taken", async () => {
  const { add, update, api, find } = await startXui();
  await add("ann");
  await add("bob");
  expect(await update("ann", { totalGB: 5 })).toEqual(wrong("client email is required\n"));
  expect(await update("nobody", { email: "nobody" })).toEqual(wrong("record not found"));
  expect(await update("ann", { email: "bob" })).toEqual(wrong("Duplicate email: bob\n"));
  expect(await update("ann", { email: "BOB" })).toEqual(wrong("Duplicate email: BOB\n"));
  const taken = { email: "ann", subId: "sub-bob" };
  expect(await update("ann", taken)).toEqual(wrong("Duplicate subId: sub-bob\n"));
  expect(await update("ann", { email: "eve", enable: true })).toMatchObject({ success: true });
  expect((await api("GET", "/clients/get/ann")).success).toBe(false);
  expect(await find("eve")).toMatchObject({ client: { id: 1, subId: "sub-ann" }, inboundIds: [1] });
});

test("inbounds are changed by attach and detach; a client may be on none", async () => {
  const { add, api, find, usage } = await startXui();
  await add("ann", { totalGB: 10 });
  const attach = (inboundIds: number[]) => api("POST", "/clients/ann/attach", { inboundIds });
  expect(await attach([2, 3])).toMatchObject({ success: true });
  expect((await find("ann")).inboundIds).toEqual([1, 2, 3]);
  const detached = await api("POST", "/clients/ann/detach", { inboundIds: [1, 2, 3, 77] });
  expect(detached).toMatchObject({ success: true, msg: "Inbound client has been deleted." });
  expect((await find("ann")).inboundIds).toEqual([]);
  expect(await usage("ann")).toMatchObject({ total: 10 });
  expect(await attach([2, 88])).toEqual(wrong("record not found"));
  expect((await find("ann")).inboundIds).toEqual([2]);
  const nobody = await api("POST", "/clients/nobody/attach", { inboundIds: [1] });
  expect(nobody).toEqual(wrong("record not found"));
});

test("bulkDisable and bulkEnable change one field, and name whom they passed over", async () => {
  const { add, api, get } = await startXui();
  await add("ann", { totalGB: 10, comment: "c" });
  const before = await get("ann");
  const answer = await api("POST", "/clients/bulkDisable", { emails: ["ann", "nobody"] });
  expect(answer.obj).toEqual({
    changed: 1,
    skipped: [{ email: "nobody", reason: "client not found" }],
  });
  expect(await get("ann")).toEqual({ ...before, enable: false, updatedAt: expect.any(Number) });
  const enabled = await api("POST", "/clients/bulkEnable", { emails: ["ann"] });
  expect(enabled.obj).toEqual({ changed: 1 });
  expect((await get("ann"))["enable"]).toBe(true);
});

test("del takes a client off everything; one that is absent is a failure", async () => {
  const { add, api, letIn } = await startXui();
  await add("ann", {}, [1, 2]);
  expect(await api("POST", "/clients/del/ann")).toMatchObject({
    success: true,
    msg: "Inbound client has been deleted.",
  });
  expect(await letIn()).toEqual([]);
  const reason = 'client "ann" not found in any inbound or client record\n';
  expect(await api("POST", "/clients/del/ann")).toEqual(wrong(reason));
});

test("del drops what was used, unless it is to be kept", async () => {
  const { add, api, traffic, advance, usage } = await startXui();
  for (const query of ["", "?keepTraffic=1"]) {
    await add("ann");
    await traffic("ann", 7);
    await advance(5);
    await api("POST", `/clients/del/ann${query}`);
  }
  expect(await api("GET", "/clients/traffic/ann")).toMatchObject({
    msg: "Error getting traffic. (Client Not Found In Inbound For Email: ann\n)",
  });
  await add("ann");
  expect(await usage("ann")).toMatchObject({ down: 7 });
});

test("emails are found with their case", async () => {
  const { add, api } = await startXui();
  await add("ann");
  expect((await api("GET", "/clients/get/ANN")).msg).toBe("Obtain (record not found)");
  expect((await api("POST", "/clients/del/ANN")).success).toBe(false);
  expect((await api("POST", "/clients/update/ANN", { email: "ann" })).success).toBe(false);
});

test("a flow stays only where the inbound can use it", async () => {
  const { add, get } = await startXui();
  const flow = "xtls-rprx-vision";
  await add("plain", { flow }, [2]);
  await add("reality", { flow }, [1, 2]);
  expect((await get("plain"))["flow"]).toBe("");
  expect((await get("reality"))["flow"]).toBe(flow);
});

test("an absent client's traffic is a success with nothing", async () => {
  const { api } = await startXui();
  expect(await api("GET", "/clients/traffic/nobody")).toMatchObject({ success: true, obj: null });
});
