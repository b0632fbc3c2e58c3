import { expect, test } from "vitest";
import { startRemnawave, type User } from "./remnawave-client.ts";

interface Page {
  readonly users: readonly User[];
  readonly nextCursor: string | null;
  readonly hasMore: boolean;
}

const names = ({ users }: Page) => users.map(({ username }) => username);

test("the stream goes by ascending id after a cursor that is text, and misses nothing that is added", async () => {
  const { create, api } = await startRemnawave();
  for (const name of ["ann", "bob", "cid", "dan"]) await create(name, { tag: "TOLLGATE" });
  await create("other", { tag: "OTHER" });
  const page = async (query: string) =>
    (await api<Page>("GET", `/users/stream?size=2&tag=TOLLGATE${query}`)).result;
  const first = await page("");
  expect(names(first)).toEqual(["ann", "bob"]);
  expect(first).toMatchObject({ nextCursor: "2", hasMore: true });
  await api("DELETE", "/users/1");
  await create("eve", { tag: "TOLLGATE" });
  const second = await page(`&cursor=${first.nextCursor}`);
  expect(names(second)).toEqual(["cid", "dan"]);
  const last = await page(`&cursor=${second.nextCursor}`);
  expect(names(last)).toEqual(["eve"]);
  expect(last).toMatchObject({ nextCursor: null, hasMore: false });
});

test.each(["size=0", "size=1001", "size=many", "cursor=here", "status=SLEEPING"])(
  "the stream refuses %s",
  async (query) => {
    const { api } = await startRemnawave();
    expect((await api("GET", `/users/stream?${query}`)).status).toBe(400);
  },
);

test("the stream filters by status, and has 250 users where no size is named", async () => {
  const { create, api, act } = await startRemnawave();
  for (let n = 0; n < 252; n += 1) await create(`user_${n}`);
  await act(7, "disable");
  const all = (await api<Page>("GET", "/users/stream")).result;
  expect([all.users.length, all.hasMore]).toEqual([250, true]);
  const disabled = (await api<Page>("GET", "/users/stream?status=DISABLED")).result;
  expect(disabled.users.map(({ id }) => id)).toEqual([7]);
});

test("the older list is newest first, 25 a page, 1,000 at most, with the total", async () => {
  const { create, api } = await startRemnawave();
  for (let n = 1; n <= 27; n += 1) await create(`user_${n}`);
  const list = async (query: string) =>
    (await api<{ users: User[]; total: number }>("GET", `/users${query}`)).result;
  const first = await list("");
  expect(first.users.map(({ id }) => id).slice(0, 2)).toEqual([27, 26]);
  expect([first.users.length, first.total]).toEqual([25, 27]);
  expect((await list("?start=25&size=5")).users.map(({ id }) => id)).toEqual([2, 1]);
  expect((await api("GET", "/users?size=1001")).status).toBe(400);
});

test("tags are listed once each", async () => {
  const { create, api } = await startRemnawave();
  for (const [name, tag] of [
    ["ann", "B"],
    ["bob", "A"],
    ["cid", "B"],
    ["dan", null],
  ] as const) {
    await create(name, { tag });
  }
  expect((await api("GET", "/users/tags")).result).toEqual({ tags: ["A", "B"] });
});

test("bulk requests are answered empty: 204 when they are done, 202 when a queue does them", async () => {
  const { create, api, find, advance, traffic, control } = await startRemnawave();
  const { uuid } = await control<{ uuid: string }>("squads", { name: "Second" });
  const ids: number[] = [];
  for (const name of ["ann", "bob"]) ids.push((await create(name)).id);
  const bulk = (action: string, fields: object = {}) =>
    api("POST", `/users/bulk/${action}`, { userIds: [...ids, 99], ...fields });
  const updated = await bulk("update", { fields: { tag: "BULK" } });
  expect([updated.status, updated.body]).toEqual([202, {}]);
  expect((await find("ann"))["tag"]).toBeNull();
  await advance(2);
  expect((await find("ann"))["tag"]).toBe("BULK");
  await traffic("ann", 5);
  await advance(15);
  expect((await bulk("reset-traffic")).status).toBe(202);
  await advance(2);
  expect(await find("ann")).toMatchObject({ userTraffic: { usedTrafficBytes: 0 } });
  expect((await bulk("update-squads", { activeInternalSquads: [uuid] })).status).toBe(204);
  expect(await find("bob")).toMatchObject({ activeInternalSquads: [{ uuid }] });
  expect((await bulk("extend-expiration-date", { extendDays: 1 })).status).toBe(204);
  expect((await bulk("revoke-subscription")).status).toBe(202);
  expect((await bulk("delete")).status).toBe(204);
  expect(await find("ann")).toBeUndefined();
});

test("a bulk request takes 1 to 500 users, and no status that only the panel gives", async () => {
  const { create, api } = await startRemnawave();
  const { id } = await create("ann");
  const update = (fields: object, userIds: readonly number[] = [id]) =>
    api("POST", "/users/bulk/update", { userIds, fields });
  expect(await update({ status: "LIMITED" })).toMatchObject({
    status: 400,
    body: {
      errorCode: "A089",
      message: "LIMITED and EXPIRED statuses are not allowed to be set manually.",
    },
  });
  expect((await update({}, [])).status).toBe(400);
  expect(
    (
      await update(
        {},
        Array.from({ length: 501 }, (_, at) => at + 1),
      )
    ).status,
  ).toBe(400);
});
