import { expect, test } from "vitest";
import { type Options, startRemnawave } from "./remnawave-client.ts";

const start = (options: Options = {}) => startRemnawave({ version: "2", ...options });

test("2.x finds users by uuid, in paths and in PATCH", async () => {
  const { create, api, patch } = await start();
  const { uuid, id } = await create("ann");
  expect(uuid).toMatch(/^[0-9a-f-]{36}$/u);
  expect((await api("GET", `/users/${uuid}`)).result).toMatchObject({ id, username: "ann" });
  expect((await patch({ uuid, tag: "T" })).result["tag"]).toBe("T");
  expect((await patch({ username: "ann", tag: "U" })).result["tag"]).toBe("U");
  expect((await api("POST", `/users/${uuid}/actions/disable`)).result.status).toBe("DISABLED");
  expect((await api("GET", `/users/${id}`)).status).toBe(400);
  expect((await patch({ id, tag: "V" })).body["errors"]).toMatchObject([
    { message: "Either uuid or username must be provided" },
  ]);
});

test("2.x answers DELETE and bulk requests with a body", async () => {
  const { create, api } = await start();
  const first = await create("ann");
  const second = await create("bob");
  expect(await api("DELETE", `/users/${first.uuid}`)).toMatchObject({
    status: 200,
    result: { isDeleted: true },
  });
  const uuids = [second.uuid, first.uuid];
  expect(await api("POST", "/users/bulk/delete", { uuids })).toMatchObject({
    status: 200,
    result: { affectedRows: 1 },
  });
});

test("2.x has the ways to find users that 3.0 took away, and no stream", async () => {
  const { create, api } = await start();
  const fields = { telegramId: 77, email: "ann@example.test", tag: "T" };
  const { id } = await create("ann", fields);
  for (const path of ["by-telegram-id/77", "by-email/ann@example.test", "by-tag/T"]) {
    expect((await api("GET", `/users/${path}`)).result).toMatchObject([{ id }]);
  }
  expect((await api("GET", `/users/by-id/${id}`)).result).toMatchObject({ username: "ann" });
  expect((await api("GET", "/users/stream")).status).toBe(400);
  const newer = await startRemnawave();
  expect((await newer.api("GET", "/users/by-tag/T")).status).toBe(404);
});

test("2.x names devices' users by uuid", async () => {
  const { create, api, subscription } = await start();
  const { uuid, shortUuid } = await create("ann");
  await subscription(shortUuid, { "x-hwid": "phone-0000-0001" });
  expect((await api("GET", `/hwid/devices/${uuid}`)).result).toMatchObject({
    devices: [{ userUuid: uuid, hwid: "phone-0000-0001" }],
  });
});

test.each(["2", "3"] as const)(
  "an absent name is A063 in %s: the probe of both lines",
  async (version) => {
    const { api } = await startRemnawave({ version });
    expect(await api("GET", "/users/by-username/absent-name")).toMatchObject({
      status: 404,
      body: { errorCode: "A063" },
    });
  },
);
