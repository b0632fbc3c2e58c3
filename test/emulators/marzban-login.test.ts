import { expect, test } from "vitest";
import { passwords, startMarzban } from "./marzban-client.ts";

const form = { username: "tollgate", password: passwords.tollgate };

test("a form signs an administrator in for a day; JSON does not", async () => {
  const { raw, pass, ask } = await startMarzban();
  const { status, body } = await raw("POST", "/api/admin/token", { form });
  expect([status, body["token_type"]]).toEqual([200, "bearer"]);
  const [, payload = ""] = String(body["access_token"]).split(".");
  const claims = JSON.parse(Buffer.from(payload, "base64url").toString()) as Record<string, number>;
  expect(claims).toMatchObject({ sub: "tollgate", access: "admin" });
  expect((claims["exp"] ?? 0) - (claims["iat"] ?? 0)).toBe(86_400);
  expect(await raw("POST", "/api/admin/token", { json: form })).toMatchObject({
    status: 422,
    body: { detail: { username: "Field required", password: "Field required" } },
  });
  await pass(86_399);
  expect((await ask("GET", "/api/admin")).status).toBe(200);
  await pass(1);
  expect((await ask("GET", "/api/admin")).status).toBe(401);
});

test("the three kinds of 401 have their own words, and all ask for a bearer's token", async () => {
  const { raw } = await startMarzban();
  const wrong = { ...form, password: "no" };
  const answers = [
    await raw("POST", "/api/admin/token", { form: wrong }),
    await raw("GET", "/api/users", { headers: { authorization: "Bearer x.y.z" } }),
    await raw("GET", "/api/users"),
  ];
  expect(answers.map(({ status, body }) => [status, body["detail"]])).toEqual([
    [401, "Incorrect username or password"],
    [401, "Could not validate credentials"],
    [401, "Not authenticated"],
  ]);
  for (const { headers } of answers) expect(headers.get("www-authenticate")).toBe("Bearer");
});

test("a changed password ends the tokens from before, also those of its own second", async () => {
  const { ask, pass, signIn } = await startMarzban();
  const change = { password: passwords.tollgate, is_sudo: false };
  expect((await ask("PUT", "/api/admin/tollgate", change, "root")).status).toBe(200);
  expect((await ask("GET", "/api/admin")).status).toBe(401);
  await signIn("tollgate");
  expect((await ask("GET", "/api/admin")).status).toBe(401);
  await pass(1);
  await signIn("tollgate");
  expect((await ask("GET", "/api/admin")).status).toBe(200);
});

test("what the owner alone may do is a 403 for others; inbounds and numbers are open", async () => {
  const { ask } = await startMarzban();
  for (const path of ["hosts", "nodes", "admins"]) {
    expect((await ask("GET", `/api/${path}`)).status).toBe(403);
    expect((await ask("GET", `/api/${path}`, undefined, "root")).status).toBe(200);
  }
  expect((await ask("POST", "/api/users/reset")).status).toBe(403);
  expect((await ask("GET", "/api/inbounds")).body).toMatchObject({
    vless: [
      { tag: "VLESS TCP REALITY", protocol: "vless", network: "tcp", tls: "reality" },
      { tag: "VLESS WS", network: "ws" },
    ],
  });
  expect((await ask("GET", "/api/system")).body).toMatchObject({ version: "0.8.4", total_user: 0 });
});

test("what is not there is a 404, what is not allowed there a 405, a slash too much a 307", async () => {
  const { ask, url } = await startMarzban();
  expect(await ask("GET", "/api/nothing")).toMatchObject({
    status: 404,
    body: { detail: "Not Found" },
  });
  const refused = await ask("PATCH", "/api/user/x");
  expect(refused).toMatchObject({ status: 405, body: { detail: "Method Not Allowed" } });
  expect(refused.headers.get("allow")).toBe("GET");
  const moved = await ask("GET", "/api/users/");
  expect([moved.status, moved.headers.get("location")]).toEqual([307, `${url}/api/users`]);
});

test("with an owner of the environment users have no administrator, and DELETE breaks", async () => {
  const { ask, letsIn, pass } = await startMarzban({ sudoInEnvironment: true });
  const user = { username: "env_user", proxies: { vless: {} }, inbounds: {} };
  const made = await ask("POST", "/api/user", user, "root");
  expect(made).toMatchObject({ status: 200, body: { admin: null } });
  expect((await ask("GET", "/api/user/env_user")).status).toBe(403);
  expect((await ask("DELETE", "/api/user/env_user", undefined, "root")).status).toBe(500);
  expect((await ask("GET", "/api/user/env_user", undefined, "root")).status).toBe(404);
  await pass(1);
  expect(await letsIn()).toHaveProperty("1.env_user");
});
