import { expect, test } from "vitest";
import { startXui } from "./x-ui-client.ts";

interface Page {
  readonly items: readonly Readonly<Record<string, unknown>>[];
  readonly total: number;
  readonly filtered: number;
  readonly page: number;
  readonly pageSize: number;
  readonly summary: Readonly<Record<string, unknown>>;
}

const emailsOf = ({ items }: Page) => items.map(({ email }) => email);

test("the list has every client with keys, inbounds and traffic", async () => {
  const { add, api, traffic, advance } = await startXui();
  await add("ann", { totalGB: 10 }, [1, 3]);
  await add("bob");
  await api("POST", "/clients/bob/detach", { inboundIds: [1] });
  await traffic("ann", 5);
  await advance(5);
  const { obj } = await api<Record<string, unknown>[]>("GET", "/clients/list");
  expect(obj).toMatchObject([
    {
      email: "ann",
      uuid: expect.any(String),
      password: expect.any(String),
      inboundIds: expect.arrayContaining([1, 3]),
      traffic: { up: 0, down: 5, total: 10, expiryTime: 0, enable: true, uuid: "" },
    },
    { email: "bob", inboundIds: null },
  ]);
});

test("a page has 25 clients, 200 at most whatever was asked for, and no keys", async () => {
  const { api } = await startXui({ writeMsPerClient: 0 });
  const many = Array.from({ length: 210 }, (_, n) => ({
    client: { email: `client${n}`, subId: `sub${n}`, group: n % 2 === 0 ? "tollgate" : "" },
    inboundIds: [1],
  }));
  expect((await api("POST", "/clients/bulkCreate", many)).obj).toEqual({ created: 210 });
  const page = async (query: string) => (await api<Page>("GET", `/clients/list/paged${query}`)).obj;
  const first = await page("");
  expect(first).toMatchObject({ total: 210, filtered: 210, page: 1, pageSize: 25 });
  expect(first.items[0]).not.toHaveProperty("uuid");
  expect(first.items[0]).not.toHaveProperty("password");
  const largest = await page("?pageSize=500");
  expect([largest.pageSize, largest.items.length]).toEqual([200, 200]);
  expect((await page("?pageSize=200&page=2")).items).toHaveLength(10);
  expect((await page("?page=99")).items).toEqual([]);
  expect(await page("?page=0&pageSize=0")).toMatchObject({ page: 1, pageSize: 25 });
  expect(await page("?group=tollgate")).toMatchObject({ total: 210, filtered: 105 });
  expect(emailsOf(await page("?search=CLIENT20&sort=email&order=descend"))[0]).toBe("client209");
  expect((await api("GET", "/clients/list/paged?page=abc")).msg).toBe(
    'Obtain (strconv.ParseInt: parsing "abc": invalid syntax)',
  );
});

test("a page's summary tells used up from disabled by hand", async () => {
  const { add, api, traffic, advance } = await startXui();
  await add("ann", { totalGB: 10 });
  for (const email of ["bob", "cid"]) await add(email);
  await traffic("ann", 10);
  await traffic("cid", 1);
  await advance(5);
  await api("POST", "/clients/bulkDisable", { emails: ["bob"] });
  const { obj } = await api<Page>("GET", "/clients/list/paged?sort=traffic&order=descend");
  expect(emailsOf(obj)).toEqual(["ann", "cid", "bob"]);
  expect(obj.summary).toMatchObject({
    total: 3,
    active: 1,
    depleted: ["ann"],
    deactive: ["bob"],
    online: ["cid"],
  });
  expect((await api("POST", "/clients/onlines")).obj).toEqual(["ann", "cid"]);
});

const of = (email: string, subId: string, inboundIds = [1]) => ({
  client: { email, subId },
  inboundIds,
});

test("bulkCreate adds each by itself, and names those that it passed over", async () => {
  const { add, api } = await startXui();
  await add("ann");
  const answer = await api("POST", "/clients/bulkCreate", [
    of("bob", "s1"),
    of("BOB", "s2"),
    of("ann", "other"),
    of("", "s3"),
    of("cid", "s4", [99]),
    of("dan", "s5", []),
    of("eve", "s1"),
  ]);
  expect(answer.obj).toEqual({
    created: 1,
    skipped: [
      { email: "BOB", reason: "email already in use: BOB" },
      { email: "(missing email)", reason: "client email is required" },
      { email: "dan", reason: "at least one inbound is required" },
      { email: "eve", reason: "subId already in use: s1" },
      { email: "ann", reason: "email already in use: ann" },
      { email: "cid", reason: "record not found" },
    ],
  });
});

test("bulkDel deletes those that there are, bulkResetTraffic counts them", async () => {
  const { add, api, letIn } = await startXui();
  await add("ann");
  await add("bob");
  expect((await api("POST", "/clients/bulkResetTraffic", { emails: ["ann", "x"] })).obj).toEqual({
    affected: 1,
  });
  const answer = await api("POST", "/clients/bulkDel", { emails: ["ann", "nobody"] });
  expect(answer.obj).toEqual({
    deleted: 1,
    skipped: [{ email: "nobody", reason: "client not found" }],
  });
  expect((await api("POST", "/clients/bulkDel", { emails: [] })).obj).toEqual({ deleted: 0 });
  expect(await letIn()).toEqual(["bob 1"]);
});

test("links are lists of texts without quota and days, by the host of the request", async () => {
  const { add, api, get } = await startXui();
  await add("ann", { totalGB: 10, flow: "xtls-rprx-vision" }, [1, 3]);
  const { uuid, password } = await get("ann");
  const { obj } = await api<string[]>("GET", "/clients/links/ann");
  expect(obj).toEqual([
    expect.stringMatching(
      new RegExp(
        `^vless://${String(uuid)}@localhost:4431\\?flow=xtls-rprx-vision&.*#VLESS-Reality-ann$`,
        "u",
      ),
    ),
    `trojan://${String(password)}@localhost:4433?security=none&type=tcp#Trojan-TCP-ann`,
  ]);
  expect((await api("GET", "/clients/subLinks/sub-ann")).obj).toEqual(obj);
  expect((await api("GET", "/clients/subLinks/nothing")).obj).toEqual([]);
  expect((await api("GET", "/clients/links/nobody")).msg).toBe("Obtain (record not found)");
});
