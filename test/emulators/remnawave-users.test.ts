import { expect, test } from "vitest";
import { defaultSquad } from "../../emulators/remnawave/squads.ts";
import { inDays, startMs, startRemnawave } from "./remnawave-client.ts";

const draft = { username: "tg_ann", expireAt: "2030-01-01T00:00:00Z" };
const secondSquad = "2b0d6a7c-93f1-4e25-8c4d-7a1e5f9b3c60";

test("a user is made with a 201 and every field of the API, numbers as numbers, dates with Z", async () => {
  const { api } = await startRemnawave();
  const { status, body } = await api("POST", "/users", {
    ...draft,
    trafficLimitBytes: 5_000_000_000,
    trafficLimitStrategy: "NO_RESET",
    hwidDeviceLimit: 3,
    activeInternalSquads: [defaultSquad],
    description: "tollgate:shop:1",
    tag: "TOLLGATE",
    shortUuid: "chosen-by-us-0001",
    vlessUuid: "0b6a7a52-3c58-4f9a-9a43-6f8f5d1f2e11",
    trojanPassword: "trojan-password",
    ssPassword: "ss-password",
    unheardOf: { anything: true },
  });
  expect(status).toBe(201);
  expect(body).toEqual({
    response: {
      id: 1,
      shortUuid: "chosen-by-us-0001",
      username: "tg_ann",
      status: "ACTIVE",
      trafficLimitBytes: 5_000_000_000,
      trafficLimitStrategy: "NO_RESET",
      expireAt: "2030-01-01T00:00:00.000Z",
      telegramId: null,
      email: null,
      description: "tollgate:shop:1",
      tag: "TOLLGATE",
      hwidDeviceLimit: 3,
      externalSquadUuid: null,
      trojanPassword: "trojan-password",
      vlessUuid: "0b6a7a52-3c58-4f9a-9a43-6f8f5d1f2e11",
      ssPassword: "ss-password",
      lastTriggeredThreshold: 0,
      subRevokedAt: null,
      lastTrafficResetAt: null,
      createdAt: new Date(startMs).toISOString(),
      updatedAt: new Date(startMs).toISOString(),
      subscriptionUrl: "https://sub.example.test/chosen-by-us-0001",
      activeInternalSquads: [{ uuid: defaultSquad, name: "Default-Squad" }],
      userTraffic: {
        usedTrafficBytes: 0,
        lifetimeUsedTrafficBytes: 0,
        onlineAt: null,
        lastConnectedNodeUuid: null,
        firstConnectedAt: null,
      },
    },
  });
});

test("a name and a short uuid are unique with their case, and a failed creation uses up an id", async () => {
  const { api, create } = await startRemnawave();
  const first = await create("tg_ann");
  const named = await api("POST", "/users", { ...draft });
  expect(named).toMatchObject({
    status: 400,
    body: { message: "User username already exists", errorCode: "A019", path: "/api/users" },
  });
  const linked = { ...draft, username: "other", shortUuid: first.shortUuid };
  expect(await api("POST", "/users", linked)).toMatchObject({
    status: 400,
    body: { message: "User short UUID already exists", errorCode: "A020" },
  });
  expect((await create("TG_ANN")).id).toBe(4);
});

test("one that is absent is another error for who reads than for who writes", async () => {
  const { api } = await startRemnawave();
  const readers = ["/users/7", "/users/by-username/nobody", "/users/by-short-uuid/nothing"];
  for (const path of readers) {
    expect(await api("GET", path)).toMatchObject({
      status: 404,
      body: {
        message: "User with specified params not found",
        errorCode: "A063",
        path: `/api${path}`,
      },
    });
  }
  const writers = [
    () => api("PATCH", "/users", { id: 7 }),
    () => api("DELETE", "/users/7"),
    ...["enable", "disable", "reset-traffic", "revoke"].map((action) => {
      return () => api("POST", `/users/7/actions/${action}`);
    }),
    () => api("POST", "/users/resolve", { username: "nobody" }),
  ];
  for (const write of writers) {
    expect(await write()).toMatchObject({
      status: 404,
      body: { message: "User not found", errorCode: "A025" },
    });
  }
});

test.each([
  [{ ...draft, username: "ab" }, "username"],
  [{ ...draft, username: "with space" }, "username"],
  [{ ...draft, username: "x".repeat(37) }, "username"],
  [{ username: "no_expiry" }, "expireAt"],
  [{ ...draft, expireAt: 1_900_000_000 }, "expireAt"],
  [{ ...draft, trafficLimitBytes: -1 }, "trafficLimitBytes"],
  [{ ...draft, trafficLimitBytes: "5" }, "trafficLimitBytes"],
  [{ ...draft, hwidDeviceLimit: 1.5 }, "hwidDeviceLimit"],
  [{ ...draft, hwidDeviceLimit: null }, "hwidDeviceLimit"],
  [{ ...draft, tag: "lower" }, "tag"],
  [{ ...draft, tag: "A".repeat(17) }, "tag"],
  [{ ...draft, trojanPassword: "short" }, "trojanPassword"],
  [{ ...draft, vlessUuid: "no uuid" }, "vlessUuid"],
  [{ ...draft, activeInternalSquads: ["no uuid"] }, "activeInternalSquads"],
])("a wrong field is a 400 that names it: %#", async (body, field) => {
  const { api } = await startRemnawave();
  const answer = await api("POST", "/users", body);
  expect(answer.status).toBe(400);
  expect(answer.body).toMatchObject({ statusCode: 400, message: "Validation failed" });
  expect(answer.body["errors"]).toMatchObject([{ path: expect.arrayContaining([field]) }]);
});

test.each([
  [{ trafficLimitBytes: 1.5 }],
  [{ trafficLimitBytes: 2 ** 63 }],
  [{ hwidDeviceLimit: 2 ** 31 }],
  [{ activeInternalSquads: [secondSquad] }],
])("what the database cannot store is a 500, and nothing is stored: %j", async (fields) => {
  const { api, create, find } = await startRemnawave();
  expect(await api("POST", "/users", { ...draft, ...fields })).toMatchObject({
    status: 500,
    body: { message: "Failed to create user", errorCode: "A018" },
  });
  expect(await find("tg_ann")).toBeUndefined();
  const user = await create("tg_ann");
  expect(await api("PATCH", "/users", { id: user.id, tag: "NEW", ...fields })).toMatchObject({
    status: 500,
    body: { message: "Update user error", errorCode: "A039" },
  });
  expect(await find("tg_ann")).toEqual(user);
});

test("a past expiry is taken by POST and refused by PATCH", async () => {
  const { api, create, patch } = await startRemnawave();
  const past = await api("POST", "/users", { ...draft, expireAt: inDays(-1) });
  expect(past).toMatchObject({ status: 201, result: { status: "ACTIVE" } });
  const { id } = await create("bob");
  const refused = await patch({ id, expireAt: inDays(-1) });
  expect(refused.status).toBe(400);
  expect(refused.body["errors"]).toMatchObject([
    { code: "custom", path: ["expireAt"], message: "Expiration date cannot be in the past" },
  ]);
});

test("PATCH changes what it names: null clears, squads are replaced", async () => {
  const { create, patch, control } = await startRemnawave();
  const { uuid } = await control<{ uuid: string }>("squads", { name: "Second" });
  const { id } = await create("ann", { description: "x", tag: "T", hwidDeviceLimit: 2 });
  const kept = await patch({ id, description: "y", unheardOf: 1 });
  expect(kept.result).toMatchObject({ description: "y", tag: "T", hwidDeviceLimit: 2 });
  const cleared = await patch({ id, description: null, tag: null, hwidDeviceLimit: null });
  expect(cleared.result).toMatchObject({ description: null, tag: null, hwidDeviceLimit: null });
  const moved = await patch({ id, activeInternalSquads: [uuid] });
  expect(moved.result["activeInternalSquads"]).toEqual([{ uuid, name: "Second" }]);
  expect((await patch({ id, activeInternalSquads: [] })).result["activeInternalSquads"]).toEqual(
    [],
  );
  expect((await patch({ username: "ann", tag: "BY_NAME" })).result["tag"]).toBe("BY_NAME");
  const nobody = await patch({ tag: "X" });
  expect(nobody.body["errors"]).toMatchObject([
    { message: "At least one of username, id must be provided" },
  ]);
});

test("without squads a user has no access", async () => {
  const { api, letIn, advance } = await startRemnawave();
  await api("POST", "/users", draft);
  await advance(5);
  expect(await letIn()).toEqual([]);
});

test("DELETE is a 204 without a body, and then a 404", async () => {
  const { create, api } = await startRemnawave();
  const { id } = await create("ann");
  const gone = await api("DELETE", `/users/${id}`);
  expect([gone.status, gone.body]).toEqual([204, {}]);
  expect((await api("DELETE", `/users/${id}`)).body).toMatchObject({ errorCode: "A025" });
});

test("a uuid in a path of 3.x is a 400", async () => {
  const { api } = await startRemnawave();
  const answer = await api("GET", `/users/${defaultSquad}`);
  expect(answer).toMatchObject({ status: 400, body: { message: "Validation failed" } });
});

test("resolve takes exactly one key", async () => {
  const { create, api } = await startRemnawave();
  const { id, shortUuid, username } = await create("ann");
  for (const key of [{ id }, { shortUuid }, { username }]) {
    expect((await api("POST", "/users/resolve", key)).result).toEqual({ id, shortUuid, username });
  }
  expect((await api("POST", "/users/resolve", { id, username })).status).toBe(400);
});

test("metadata is free JSON beside a user, and a 404 where there is none", async () => {
  const { create, api } = await startRemnawave();
  const { id } = await create("ann");
  expect(await api("GET", `/metadata/user/${id}`)).toMatchObject({
    status: 404,
    body: { errorCode: "A226", message: "Metadata not found" },
  });
  const metadata = { owner: { shop: 1 } };
  expect((await api("PUT", `/metadata/user/${id}`, { metadata })).result).toEqual({ metadata });
  expect((await api("GET", `/metadata/user/${id}`)).result).toEqual({ metadata });
  expect((await api("PUT", "/metadata/user/99", { metadata })).status).toBe(500);
});

test("what describes the panel: version, statistics, squads, nodes", async () => {
  const { create, api } = await startRemnawave();
  await create("ann");
  const read = async (path: string) => (await api<Record<string, unknown>>("GET", path)).result;
  expect(await read("/system/metadata")).toMatchObject({ version: "3.3.2" });
  expect(await read("/system/stats")).toMatchObject({
    users: { totalUsers: 1, statusCounts: { ACTIVE: 1, DISABLED: 0 } },
  });
  expect(await read("/internal-squads")).toMatchObject({
    total: 1,
    internalSquads: [{ uuid: defaultSquad, info: { membersCount: 1, inboundsCount: 1 } }],
  });
  expect(await read("/nodes")).toMatchObject([{ isConnected: true }]);
});
