import { expect, test } from "vitest";
import { startXui, token } from "./x-ui-client.ts";

test.each([
  [{}, 404],
  [{ authorization: "Bearer wrong" }, 404],
  [{ authorization: token }, 404],
  [{ authorization: "Bearer wrong", "x-requested-with": "XMLHttpRequest" }, 401],
])("who is not known gets an empty answer: %j", async (headers, status) => {
  const { url } = await startXui();
  const answer = await fetch(`${url}/panel/api/clients/list`, { headers });
  expect([answer.status, await answer.text()]).toEqual([status, ""]);
});

test("a wrong path is the same empty 404, with a good token", async () => {
  const { api } = await startXui({ basePath: "/secret/" });
  expect(await api("GET", "/clients/list")).toEqual({ status: 404 });
  const { api: other } = await startXui();
  expect(await other("GET", "/nothing")).toEqual({ status: 404 });
  expect(await other("GET", "/clients/add")).toEqual({ status: 404 });
});

test("the panel lies under its base path", async () => {
  const { url } = await startXui({ basePath: "/secret/" });
  const headers = { authorization: `Bearer ${token}` };
  const answer = await fetch(`${url}/secret/panel/api/clients/list`, { headers });
  expect(await answer.json()).toEqual({ success: true, msg: "", obj: [] });
});

test("a token that was deleted is unknown at once", async () => {
  const { api, control } = await startXui();
  await control("token", { deleted: true }, "PUT");
  expect((await api("GET", "/clients/list")).status).toBe(404);
  await control("token", { deleted: false }, "PUT");
  expect((await api("GET", "/clients/list")).success).toBe(true);
});

test("every failure is a 200, and its reason stands in brackets", async () => {
  const { api } = await startXui();
  expect(await api("GET", "/clients/get/absent")).toEqual({
    status: 200,
    success: false,
    msg: "Obtain (record not found)",
    obj: null,
  });
});

test.each([
  [{ "accept-language": "ru-RU,ru;q=0.9" }, "Получить (record not found)"],
  [{ cookie: "lang=ru-RU" }, "Получить (record not found)"],
  [{ "accept-language": "en-US" }, "Obtain (record not found)"],
  [{}, "Obtain (record not found)"],
])("the words are translated, the reason is not: %j", async (headers, msg) => {
  const { api } = await startXui();
  const answer = await api("GET", "/clients/get/absent", undefined, headers);
  expect(answer.msg).toBe(msg);
});

test("a panel may speak another language by itself", async () => {
  const { add, api } = await startXui({ language: "ru" });
  expect((await add("ann")).msg).toBe("Клиент(ы) подключения добавлен(ы)");
  expect((await api("POST", "/clients/del/nobody")).msg).toMatch(/^Что-то пошло не так \(/u);
});

test("what describes the panel: its version, its core, its inbounds", async () => {
  const { api, add, control } = await startXui();
  await add("ann", { flow: "xtls-rprx-vision" });
  expect((await api("GET", "/server/status")).obj).toMatchObject({
    panelVersion: "3.6.0",
    panelGuid: expect.any(String),
    xray: { state: "running", version: expect.any(String) },
  });
  const { obj } = await api<Record<string, unknown>[]>("GET", "/inbounds/list");
  expect(obj.map(({ id, protocol }) => [id, protocol])).toEqual([
    [1, "vless"],
    [2, "vless"],
    [3, "trojan"],
  ]);
  expect(obj[0]).toMatchObject({
    settings: { clients: [{ email: "ann", flow: "xtls-rprx-vision", enable: true }] },
    clientStats: [{ email: "ann", inboundId: 1, up: 0, down: 0 }],
  });
  await control("node", { state: "dying" }, "PUT");
  expect((await api("GET", "/server/status")).obj).toMatchObject({ xray: { state: "error" } });
  expect((await api("GET", "/inbounds/get/99")).msg).toBe("Obtain (record not found)");
});

test("controls are for this machine: no page of others", async () => {
  const { url } = await startXui();
  const headers = { origin: "https://example.org" };
  expect((await fetch(`${url}/control/users`, { headers })).status).toBe(403);
  expect((await fetch(`${url}/control/users`)).status).toBe(200);
});
