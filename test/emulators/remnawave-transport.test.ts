import { expect, test } from "vitest";
import { proxyHeaders, startRemnawave, token } from "./remnawave-client.ts";

const bearer = { authorization: `Bearer ${token}` };

test.each([
  [{}],
  [{ "x-forwarded-for": "203.0.113.7" }],
  [{ "x-forwarded-proto": "https" }],
  [{ ...proxyHeaders, "x-forwarded-proto": "http" }],
])("without both headers of a proxy the connection is destroyed: %j", async (headers) => {
  const { url, calls } = await startRemnawave();
  const asked = fetch(`${url}/api/users`, { headers: { ...bearer, ...headers } });
  await expect(asked).rejects.toThrow("fetch failed");
  expect(await calls("GET /users")).toMatchObject([{ ok: false, status: 0 }]);
});

test("a switch does without the headers of a proxy", async () => {
  const { url } = await startRemnawave({ proxyHeaders: false });
  expect((await fetch(`${url}/api/users`, { headers: bearer })).status).toBe(200);
});

test.each([[""], ["Bearer wrong"], [token]])(
  "no token, or another one, is a 401 of the framework: %j",
  async (authorization) => {
    const { api } = await startRemnawave();
    const answer = await api("GET", "/users", undefined, { authorization });
    expect(answer).toMatchObject({
      status: 401,
      body: { message: "Unauthorized", statusCode: 401 },
    });
  },
);

test("an administrator's token is for browsers", async () => {
  const { api } = await startRemnawave({ adminToken: "admin" });
  const authorization = "Bearer admin";
  const refused = await api("GET", "/users", undefined, { authorization });
  expect(refused).toMatchObject({
    status: 403,
    body: { error: "Forbidden", statusCode: 403, message: expect.stringContaining("API-token") },
  });
  const browser = { authorization, "x-remnawave-client-type": "browser" };
  expect((await api("GET", "/users", undefined, browser)).status).toBe(200);
});

test("an API token may not list tokens: every 403 with a code says Forbidden", async () => {
  const { api } = await startRemnawave();
  const answer = await api("GET", "/tokens");
  expect(answer.status).toBe(403);
  expect(answer.body).toEqual({
    timestamp: expect.any(String),
    path: "/api/tokens",
    message: "Forbidden",
    errorCode: "E000",
  });
});

test.each([
  [["users:*"], [200, 201, 403]],
  [["users:read"], [200, 403, 403]],
  [
    ["users:write", "nodes:list"],
    [403, 201, 200],
  ],
  [["users:list"], [200, 403, 403]],
  [["users:create"], [403, 201, 403]],
  [["*"], [200, 201, 200]],
])("a token does what its scopes name: %j", async (scopes, statuses) => {
  const { api } = await startRemnawave({ scopes });
  const user = { username: "ann", expireAt: "2030-01-01T00:00:00Z" };
  const list = await api("GET", "/users");
  const made = await api("POST", "/users", user);
  const nodes = await api("GET", "/nodes");
  expect([list.status, made.status, nodes.status]).toEqual(statuses);
  const refused = [list, made, nodes].filter(({ status }) => status === 403);
  const body = { message: "Forbidden resource", error: "Forbidden", statusCode: 403 };
  expect(refused.map((answer) => answer.body)).toEqual(refused.map(() => body));
});

test("an expired token is a 401 at once, a deleted one works for the hour that it is remembered", async () => {
  const { api, control, advance } = await startRemnawave();
  const status = async () => (await api("GET", "/users")).status;
  await control("token", { state: "expired" }, "PUT");
  expect(await status()).toBe(401);
  await control("token", { state: "valid" }, "PUT");
  expect(await status()).toBe(200);
  await control("token", { state: "deleted" }, "PUT");
  expect(await status()).toBe(200);
  await advance(3_601);
  expect(await status()).toBe(403);
});

test("an unknown path and broken JSON are answered by the framework", async () => {
  const { api, url } = await startRemnawave();
  const absent = await api("GET", "/users/by-colour/red?x=1");
  expect(absent).toMatchObject({
    status: 404,
    body: { message: "Cannot GET /api/users/by-colour/red?x=1", error: "Not Found" },
  });
  const headers = { ...proxyHeaders, ...bearer, "content-type": "application/json" };
  const broken = await fetch(`${url}/api/users`, { method: "POST", headers, body: "{" });
  expect(broken.status).toBe(400);
  expect(await broken.json()).toMatchObject({ error: "Bad Request", statusCode: 400 });
  const bare = { ...proxyHeaders, ...bearer, "content-type": "text/plain" };
  const unread = await fetch(`${url}/api/users`, { method: "POST", headers: bare, body: "{}" });
  expect(await unread.json()).toMatchObject({ message: "Validation failed" });
});

test("controls are for this machine: no page of others, no other name", async () => {
  const { url } = await startRemnawave();
  const status = async (headers: Record<string, string>) =>
    (await fetch(`${url}/control/users`, { headers })).status;
  expect(await status({})).toBe(200);
  expect(await status({ origin: "http://localhost:3000" })).toBe(200);
  expect(await status({ origin: "https://example.org" })).toBe(403);
  expect(await (await fetch(`${url}/healthz`)).json()).toEqual({ ok: true });
});
