import { afterAll, beforeAll, expect, test } from "vitest";
import { DurableClient } from "../../client/durable.ts";
import { changeShop } from "../../client/operations.ts";
import { workerSource } from "../../domain/access/host-health.ts";
import { operator } from "../../domain/operations/shop-change.ts";
import { languages } from "../../domain/people/customer.ts";
import { reachFromHere } from "../../gateways/hosts/probes/reach.ts";
import { probesOf } from "../../gateways/hosts/probes/settings.ts";
import { textsIn } from "../../texts/index.ts";
import { ApiProcess } from "../drivers/api-process.ts";
import { eventually } from "../drivers/eventually.ts";
import { Listener } from "../drivers/listener.ts";
import { useTestApp } from "../drivers/test-app.ts";

let listener: Listener;
beforeAll(async () => {
  listener = await Listener.open();
});
afterAll(() => listener.close());

const api = await ApiProcess.open();
const app = useTestApp({
  host: (real) => Object.assign(real, { prepareProbes: async () => probesOf([listener.place]) }),
  hostProbing: { sources: [{ name: workerSource, reach: reachFromHere }], everyMs: 50 },
});
api.useWith(app);

const setPage = (value: "on" | "off") =>
  changeShop(new DurableClient(app.client), {
    requestId: crypto.randomUUID(),
    by: operator,
    change: { kind: "setting", key: "status-page", value },
  });

const read = (path: string, language = "en") =>
  fetch(api.url + path, { headers: { "accept-language": language } });

/** Asks so seldom that it is not limited. */
const retry = <Result>(attempt: () => Promise<Result>) => eventually(attempt, 45_000, 400);

const waitForStatus = (path: string, status: number, language?: string) =>
  retry(async () => {
    const response = await read(path, language);
    expect(response.status).toBe(status);
    return response;
  });

const waitForJson = (expected: object) =>
  retry(async () => {
    const response = await read("/status.json");
    expect(await response.json()).toMatchObject(expected);
  });

test("the status page is there while the shop's settings have it, and not before or after", async () => {
  expect((await read("/status")).status).toBe(404);
  expect((await read("/status.json")).status).toBe(404);
  await setPage("on");
  await waitForStatus("/status", 200);
  await setPage("off");
  await waitForStatus("/status.json", 404);
});

test("it says what is down, in the reader's language, with no name and no address of a host", async () => {
  await setPage("on");
  await waitForStatus("/status", 200);
  await waitForJson({ items: [{ title: "Server 1", state: "works", since: null }] });
  await listener.close();
  const moment: unknown = expect.stringMatching(/^20/u);
  await waitForJson({ items: [{ state: "down", since: moment }], checked_at: moment });
  for (const language of languages) {
    const { status } = textsIn(language).access;
    const page = await waitForStatus("/status", 200, language);
    expect(page.headers.get("content-security-policy")).toContain("default-src 'none'");
    const html = await page.text();
    expect(html).toContain(`${status.server(1)}: ${status.states.down}`);
    expect(html).toContain(status.overall.trouble);
    for (const secret of ["vpn.example", "127.0.0.1", String(app.hostId), ">one<"])
      expect(html).not.toContain(secret);
  }
});

test("whoever asks too often waits", async () => {
  const answers = await Promise.all(Array.from({ length: 120 }, () => read("/status.json")));
  const limited = answers.filter(({ status }) => status === 429);
  expect(limited.length).toBeGreaterThan(0);
  expect(Number(limited[0]?.headers.get("retry-after"))).toBeGreaterThan(0);
});
