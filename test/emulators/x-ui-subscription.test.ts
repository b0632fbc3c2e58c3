import { expect, test } from "vitest";
import { startMs, startXui } from "./x-ui-client.ts";

const decode = async (answer: Response) =>
  Buffer.from(await answer.text(), "base64")
    .toString("utf8")
    .trimEnd()
    .split("\n");
const remarks = (links: readonly string[]) =>
  links.map((link) => decodeURIComponent(link.slice(link.indexOf("#") + 1)));

test("a subscription has a port of its own, and a name that we chose", async () => {
  const { add, subscription, traffic, advance, url } = await startXui();
  const expiryTime = startMs + 3_600_000;
  await add("ann", { subId: "chosen-by-us", totalGB: 1_000, expiryTime }, [1, 2, 3]);
  await traffic("ann", 20, 10);
  await advance(5);
  const answer = await subscription("/sub/chosen-by-us");
  expect(answer.status).toBe(200);
  expect(answer.url).not.toContain(new URL(url).host);
  expect(Object.fromEntries(answer.headers)).toMatchObject({
    "content-type": "text/plain; charset=utf-8",
    "profile-update-interval": "12",
    "profile-web-page-url": answer.url,
    "subscription-userinfo": `upload=10; download=20; total=1000; expire=${expiryTime / 1_000}`,
  });
  expect(remarks(await decode(answer))).toEqual([
    "VLESS-Reality-ann|📊970.00B|⏳0D",
    "VLESS-TCP",
    "Trojan-TCP",
  ]);
});

test("format=info is JSON about it", async () => {
  const { add, subscription, traffic, advance, api } = await startXui();
  await add("ann", { totalGB: 2_048, expiryTime: startMs + 90_000_000 });
  await traffic("ann", 1_024, 512);
  await advance(5);
  await api("POST", "/clients/bulkDisable", { emails: ["ann"] });
  const answer = await subscription("/sub/sub-ann?format=info");
  expect(await answer.json()).toEqual({
    announce: "",
    datepicker: "gregorian",
    download: "1.00KB",
    downloadByte: 1_024,
    emails: ["ann"],
    enabled: false,
    expire: (startMs + 90_000_000) / 1_000,
    isOnline: true,
    lastOnline: startMs + 2_000,
    remained: "512.00B",
    sId: "sub-ann",
    subClashUrl: "",
    subJsonUrl: "",
    subSupportUrl: "",
    subTitle: "",
    subUrl: expect.stringContaining("/sub/sub-ann"),
    total: "2.00KB",
    totalByte: 2_048,
    upload: "512.00B",
    uploadByte: 512,
    used: "1.50KB",
  });
});

test("who is disabled or used up still gets links", async () => {
  const { add, subscription, advance } = await startXui();
  await add("ann", { expiryTime: startMs - 1 });
  await advance(5);
  const answer = await subscription("/sub/sub-ann");
  expect(answer.status).toBe(200);
  expect((await decode(answer))[0]).toMatch(/^vless:\/\//u);
});

test("without limits nothing is said of them", async () => {
  const { add, subscription } = await startXui();
  await add("ann", {}, [2]);
  const answer = await subscription("/sub/sub-ann");
  expect(answer.headers.get("subscription-userinfo")).toBe(
    "upload=0; download=0; total=0; expire=0",
  );
  expect(remarks(await decode(answer))).toEqual(["VLESS-TCP-ann"]);
  const info = await subscription("/sub/sub-ann?format=info");
  expect(await info.json()).toMatchObject({ total: "∞", remained: "" });
});

test("an unknown subscription is an empty 404; JSON and Clash are off", async () => {
  const { add, subscription, api } = await startXui();
  await add("ann");
  for (const path of ["/sub/nothing", "/sub/%ff"]) {
    const absent = await subscription(path);
    expect([absent.status, await absent.text()]).toEqual([404, ""]);
  }
  for (const path of ["/json/sub-ann", "/clash/sub-ann", "/sub/", "/"]) {
    const answer = await subscription(path);
    expect([answer.status, await answer.text()]).toEqual([404, "404 page not found"]);
  }
  await api("POST", "/clients/del/ann");
  expect((await subscription("/sub/sub-ann")).status).toBe(404);
});

test("a browser gets a page", async () => {
  const { add, subscription } = await startXui();
  await add("ann");
  const page = await subscription("/sub/sub-ann", { accept: "text/html" });
  expect([page.status, page.headers.get("content-type")]).toEqual([
    200,
    "text/html; charset=utf-8",
  ]);
});
