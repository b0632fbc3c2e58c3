import { expect, test } from "vitest";
import { signatureOf } from "../../emulators/remnawave/webhook.ts";
import {
  inDays,
  type Options,
  type Received,
  secret,
  startRemnawave,
  startShop,
} from "./remnawave-client.ts";
import { eventually } from "./servers.ts";

async function withShop(options: Options = {}, statuses: readonly number[] = []) {
  const shop = await startShop(statuses);
  const panel = await startRemnawave({ webhookUrl: shop.url, webhookRetryMs: 1, ...options });
  const settled = () => eventually(async () => expect(await panel.control("webhooks")).toEqual([]));
  return { ...panel, ...shop, settled };
}

const isSigned = ({ raw, headers }: Received): boolean =>
  headers["x-remnawave-signature"] === signatureOf(raw, secret);

test("a signature is hex HMAC-SHA256 over the raw body", () => {
  expect(signatureOf('{"scope":"user"}', "k".repeat(32))).toBe(
    "f759a2b4c1d826138bb1c2d947a2bf6fcf76f0106147e0cf4ca96d38ce61c144",
  );
});

test("an event is one request: signed, with the user as the API shows it", async () => {
  const { create, received, settled, find } = await withShop();
  await create("ann");
  await settled();
  const [first] = received;
  expect(first && isSigned(first)).toBe(true);
  expect(first?.body).toEqual({
    scope: "user",
    event: "user.created",
    timestamp: first?.headers["x-remnawave-timestamp"],
    data: await find("ann"),
    meta: null,
  });
  expect(first?.headers["user-agent"]).toBe("Remnawave");
});

test("each act and each review has its event", async () => {
  const panel = await withShop();
  const { create, patch, act, api, traffic, advance, events, settled } = panel;
  const { id } = await create("ann", { trafficLimitBytes: 10, expireAt: inDays(1) });
  const after = async (act: () => Promise<unknown>) => {
    await settled();
    const before = events().length;
    await act();
    await settled();
    return events().slice(before).toSorted();
  };
  expect(await after(() => patch({ id, tag: "T" }))).toEqual(["user.modified"]);
  expect(await after(() => act(id, "disable"))).toEqual(["user.disabled"]);
  expect(await after(() => act(id, "enable"))).toEqual(["user.enabled"]);
  expect(await after(() => act(id, "revoke"))).toEqual(["user.revoked"]);
  await traffic("ann", 10);
  expect(await after(() => advance(60))).toEqual(["user.first_connected", "user.limited"]);
  expect(await after(() => act(id, "reset-traffic"))).toEqual([
    "user.enabled",
    "user.traffic_reset",
  ]);
  expect(await after(() => advance(86_400))).toEqual(["user.expired"]);
  expect(await after(() => api("DELETE", `/users/${id}`))).toEqual(["user.deleted"]);
});

test("a device that is added or deleted is an event of its own scope", async () => {
  const { create, subscription, api, received, settled } = await withShop({ hwidEnabled: true });
  const { id, shortUuid } = await create("ann");
  const hwid = "phone-0000-0001";
  await subscription(shortUuid, { "x-hwid": hwid });
  await api("POST", "/hwid/devices/delete", { userId: id, hwid });
  await settled();
  const devices = received.filter(({ body }) => body.event.startsWith("user_hwid_devices."));
  expect(devices.map(({ body }) => body.event).toSorted()).toEqual([
    "user_hwid_devices.added",
    "user_hwid_devices.deleted",
  ]);
  expect(devices[0]?.body).toMatchObject({
    scope: "user_hwid_devices",
    data: { user: { username: "ann" }, hwidUserDevice: { hwid, userId: id } },
  });
});

test("a first try and three more, then the event is lost", async () => {
  const { create, received, settled, events } = await withShop({}, [500, 500, 500, 500]);
  await create("ann");
  await settled();
  expect(events()).toEqual(["user.created", "user.created", "user.created", "user.created"]);
  expect(new Set(received.map(({ raw }) => raw)).size).toBe(1);
});

test("an event that was answered too late comes again, byte for byte", async () => {
  const { create, received, settled } = await withShop({}, [503]);
  await create("ann");
  await settled();
  expect(received).toHaveLength(2);
  expect(received[0]?.raw).toBe(received[1]?.raw);
});

test("events come in no order, twice, or never, when a fault says so", async () => {
  const { create, act, fault, events, settled } = await withShop();
  await fault({ webhook: "reorder", event: "user.created", times: 1, delay_ms: 3_600_000 });
  await fault({ webhook: "duplicate", event: "user.disabled", times: 1 });
  await fault({ webhook: "drop", event: "user.enabled", times: 1 });
  const { id } = await create("ann");
  await act(id, "disable");
  await act(id, "enable");
  await settled();
  expect(events()[0]).toBe("user.disabled");
  expect(events().toSorted()).toEqual(["user.created", "user.disabled", "user.disabled"]);
});

test("a fault signs wrongly", async () => {
  const { create, fault, received, settled } = await withShop();
  await fault({ webhook: "wrong-signature", username: "ann", times: 1 });
  await create("ann");
  await create("bob");
  await settled();
  const signed = received.map((one) => [one.body.data["username"], isSigned(one)] as const);
  expect(Object.fromEntries(signed)).toEqual({ ann: false, bob: true });
});

test("a webhook can be set and removed, and never leaves this machine", async () => {
  const { create, control, events, settled, url } = await withShop();
  await control("webhook", { url: null }, "PUT");
  await create("ann");
  expect(await control("webhook", { url: "http://example.org/" }, "PUT")).toHaveProperty("error");
  await control("webhook", { url }, "PUT");
  await create("bob");
  await settled();
  expect(events()).toEqual(["user.created"]);
});
