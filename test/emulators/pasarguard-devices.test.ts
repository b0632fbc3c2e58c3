import { expect, test } from "vitest";
import { startPasarGuard } from "./pasarguard-client.ts";

async function withLink(more: object = {}) {
  const panel = await startPasarGuard();
  const { id, subscription_url } = (await panel.add("tg_alice", more)).body;
  const fetchAs = async (hwid?: string, suffix = "") => {
    const headers: Record<string, string> = hwid === undefined ? {} : { "x-hwid": hwid };
    return panel.raw("GET", `${subscription_url}${suffix}`, { headers });
  };
  const devices = async () => {
    const { body } = await panel.ask<{ hwids: { hwid: string }[]; count: number }>(
      "GET",
      `/api/user/${id}/hwids`,
    );
    return body.hwids.map(({ hwid }) => hwid);
  };
  return { ...panel, id, link: subscription_url, fetchAs, devices };
}

test("a device more than the limit is a 403; known ones and those without a name are served", async () => {
  const { fetchAs, devices } = await withLink({ hwid_limit: 2 });
  for (const hwid of ["one", "two"]) expect((await fetchAs(hwid)).status).toBe(200);
  for (const suffix of ["", "/links"]) {
    expect(await fetchAs("three", suffix)).toMatchObject({
      status: 403,
      body: { detail: "Device limit reached" },
    });
  }
  expect((await fetchAs("one")).status).toBe(200);
  expect((await fetchAs()).status).toBe(200);
  expect(await devices()).toEqual(["two", "one"]);
});

test("what an app tells of its device is kept", async () => {
  const { raw, link, ask, id } = await withLink();
  const about = { "x-hwid": "d", "x-device-os": "iOS", "x-ver-os": "18", "x-device-model": "A" };
  await raw("GET", link, { headers: about });
  expect((await ask("GET", `/api/user/${id}/hwids`)).body).toEqual({
    hwids: [
      {
        id: 1,
        hwid: "d",
        device_os: "iOS",
        os_version: "18",
        device_model: "A",
        created_at: "2026-11-21T09:00:00.500000",
        last_used_at: "2026-11-21T09:00:00.500000",
      },
    ],
    count: 1,
  });
});

test("a limit below the devices that are there is refused until they are removed", async () => {
  const { fetchAs, change, ask, id, devices } = await withLink({ hwid_limit: 2 });
  for (const hwid of ["one", "two"]) await fetchAs(hwid);
  const what = "Cannot lower HWID limit below current device count (2). Remove devices first.";
  const lower = { hwid_limit: 1, note: "n" };
  expect(await change(id, lower)).toMatchObject({ status: 400, body: { detail: what } });
  expect((await change(id, { hwid_limit: 2 })).status).toBe(200);
  expect((await ask("DELETE", `/api/user/${id}/hwids/one`)).status).toBe(200);
  expect(await ask("DELETE", `/api/user/${id}/hwids/one`)).toMatchObject({
    status: 404,
    body: { detail: "HWID not found" },
  });
  expect((await change(id, lower)).body).toMatchObject({ hwid_limit: 1, note: "n" });
  expect((await ask("POST", `/api/user/${id}/hwids/reset`)).body).toEqual({ count: 1 });
  expect(await devices()).toEqual([]);
});

test("a limit of 0 lets all in and keeps none; null is the limit of the settings", async () => {
  const { fetchAs, change, id, control, devices } = await withLink({ hwid_limit: 0 });
  expect((await fetchAs("one")).status).toBe(200);
  expect(await devices()).toEqual([]);
  await change(id, { hwid_limit: null });
  await control("PUT", "hwid", { fallback_limit: 1 });
  expect((await fetchAs("one")).status).toBe(200);
  expect((await fetchAs("two")).status).toBe(403);
});

test("where names are forced, an app without one is a 403, for formats only if they are named", async () => {
  const { fetchAs, control } = await withLink();
  await control("PUT", "hwid", { forced: true });
  expect(await fetchAs()).toMatchObject({ status: 403, body: { detail: "HWID header required" } });
  expect((await fetchAs(undefined, "/links")).status).toBe(200);
  await control("PUT", "hwid", { forced: true, require_hwid_for_manual_sub: true });
  expect((await fetchAs(undefined, "/links")).status).toBe(403);
  await control("PUT", "hwid", { enabled: false, forced: true });
  expect((await fetchAs()).status).toBe(200);
});
