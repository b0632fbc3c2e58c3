import { describe, expect, test } from "vitest";
import { startS } from "./panel-client.ts";
import { startPasarGuard } from "./pasarguard-client.ts";

const dayS = 86_400;
const limits = {
  max_users: 1,
  data_limit_min: 10,
  data_limit_max: 5_000,
  expire_min: 60,
  expire_max: 100 * dayS,
  min_hwid_per_user: 1,
  max_hwid_per_user: 3,
};
const features = { can_use_reset_strategy: false, can_use_next_plan: false };
const user = { username: "p_one", data_limit: 100, hwid_limit: 1, expire: startS + dayS };

async function limited() {
  const panel = await startPasarGuard();
  await panel.control("POST", "roles", { name: "limited", limits, features });
  return { ...panel, ask: await panel.as("poor", "limited") };
}

describe("a role with limits refuses", () => {
  test.each([
    [{ data_limit: 0 }, 400, "Data limit cannot be unlimited; maximum is 4.88 KB"],
    [{ data_limit: 5 }, 400, "Data limit must be at least 10.0 B"],
    [{ data_limit: 50_000 }, 400, "Data limit cannot exceed 4.88 KB"],
    [{ expire: 0 }, 400, "Expire cannot be unlimited; maximum is 3.33 months from now"],
    [{ expire: startS + 101 * dayS }, 400, "Expire cannot exceed 3.33 months from now"],
    [{ expire: startS - 5 }, 400, "Expire must be at least 1 minute from now"],
    [{ hwid_limit: null }, 400, "HWID limit cannot be unlimited; maximum is 3"],
    [{ hwid_limit: 0 }, 400, "HWID limit cannot be unlimited; maximum is 3"],
    [{ hwid_limit: 9 }, 400, "HWID limit cannot exceed 3"],
    [{ data_limit_reset_strategy: "day" }, 403, "Reset strategy is not allowed for your role"],
    [{ next_plan: { data_limit: 1 } }, 403, "Next plan is not allowed for your role"],
  ])("%j with %i %s", async (more, status, detail) => {
    const { ask } = await limited();
    const answer = await ask("POST", "/api/user", { ...user, ...more });
    expect(answer).toMatchObject({ status, body: { detail } });
  });

  test("one user more, and changes beyond the limits, but not changes within them", async () => {
    const { ask } = await limited();
    expect((await ask("POST", "/api/user", user)).status).toBe(201);
    expect(await ask("POST", "/api/user", { ...user, username: "p_two" })).toMatchObject({
      status: 400,
      body: { detail: "User limit reached (1)" },
    });
    const change = async (json: object) => (await ask("PUT", "/api/user/by-id/1", json)).status;
    expect(await change({ data_limit: 50_000 })).toBe(400);
    expect(await change({ hwid_limit: 0 })).toBe(400);
    expect(await change({ note: "n", data_limit: 4_000 })).toBe(200);
  });
});

test("what a role does not permit is a 403 before anything else", async () => {
  const { control, as } = await startPasarGuard();
  const permissions = { users: { read: { scope: 1 } } };
  await control("POST", "roles", { name: "reader", permissions });
  const ask = await as("reader", "reader");
  expect(await ask("POST", "/api/user", {})).toMatchObject({
    status: 403,
    body: { detail: "Permission denied: users.create" },
  });
  expect((await ask("GET", "/api/system")).status).toBe(403);
  expect((await ask("GET", "/api/users/simple")).status).toBe(403);
});

test("a role that lacks read_simple lists the users of all, though it may read its own alone", async () => {
  const { control, as, add, ask: askShop } = await startPasarGuard();
  await add("tg_alice");
  await control("POST", "roles", {
    name: "reader",
    permissions: { users: { read: { scope: 1 } } },
  });
  const ask = await as("reader", "reader");
  expect((await ask("GET", "/api/users")).body).toMatchObject({ total: 1 });
  expect((await ask("GET", "/api/user/by-id/1")).status).toBe(404);
  const other = await as("other");
  expect((await other("GET", "/api/users")).body).toMatchObject({ total: 0 });
  expect((await askShop("GET", "/api/users")).body).toMatchObject({ total: 1 });
});

test("a role that makes users of templates alone makes and changes none by hand", async () => {
  const { control, as } = await startPasarGuard();
  await control("POST", "roles", { name: "templates", access: { require_template: true } });
  const ask = await as("second", "templates");
  const detail = "Manual user create/modify is not allowed for your role";
  const answer = await ask("POST", "/api/user", { username: "tg_alice" });
  expect(answer).toMatchObject({ status: 403, body: { detail } });
});

test("what touches all users needs a role for all", async () => {
  const { ask, asOwner, add, traffic, rows } = await startPasarGuard();
  await add("tg_alice");
  await traffic("tg_alice", 10, true);
  expect(await ask("POST", "/api/users/reset")).toMatchObject({
    status: 403,
    body: { detail: "Permission denied: users.reset_usage requires scope=all" },
  });
  expect((await asOwner("POST", "/api/users/reset")).status).toBe(200);
  expect(await rows()).toMatchObject([{ used_traffic: 0 }]);
});
