import { afterEach, expect, test } from "vitest";
import { recordRound } from "../../../db/access/host-probes.ts";
import { type ProbeOutcome, workerSource } from "../../../domain/access/host-health.ts";
import { addMs, instant, minuteMs } from "../../../domain/time.ts";
import type { VpnHost } from "../../../gateways/hosts/port.ts";
import type { ProbeSource } from "../../../gateways/hosts/probes/attempt.ts";
import { reachFromHere } from "../../../gateways/hosts/probes/reach.ts";
import { probesOf } from "../../../gateways/hosts/probes/settings.ts";
import { eventually } from "../../drivers/eventually.ts";
import { Listener } from "../../drivers/listener.ts";
import { books, follow, id, line, onHost, openFollowedHost } from "./followed-host.ts";

openFollowedHost();

const here: ProbeSource = { name: workerSource, reach: reachFromHere };
const gone: ProbeSource = {
  name: "gone",
  reach: () => Promise.reject(new Error("the agent is away")),
};
const everyMs = 30;

let opened: Listener[] = [];

/** What stands for the host's data plane. */
async function listen(): Promise<Listener> {
  const listener = await Listener.open();
  opened.push(listener);
  return listener;
}

afterEach(async () => {
  await Promise.all(opened.map((listener) => listener.close()));
  opened = [];
});

/** The host, whose customers connect there. */
const probed = ({ place }: Listener): VpnHost => ({
  ...line(),
  prepareProbes: async () => probesOf([place]),
});

const followProbed = (
  listener: Listener,
  sources: readonly ProbeSource[] = [here],
  until?: AbortSignal,
) =>
  follow(
    {},
    {
      hosts: { get: async () => probed(listener), forget: () => undefined },
      probing: { sources, everyMs },
    },
    until,
  );

const sickSince = async () =>
  (
    await books.queries
      .selectFrom("hosts")
      .select("sickSince")
      .where("id", "=", id as string)
      .executeTakeFirstOrThrow()
  ).sickSince;
const probedAt = async () =>
  (
    await books.queries
      .selectFrom("host_probes")
      .select("probedAt")
      .where("hostId", "=", id as string)
      .executeTakeFirstOrThrow()
  ).probedAt.getTime();
const isSick = () => eventually(async () => expect(await sickSince()).not.toBeNull());
const isWell = () => eventually(async () => expect(await sickSince()).toBeNull());
const kindsOf = (keys: readonly string[]) => keys.map((key) => key.split("/")[0]);

test("a host that nobody reaches is sick, takes nobody new, and all are told once, and once when it is well", async () => {
  const admin = await books.person("admin");
  const server = await listen();
  void followProbed(server);
  const { owner } = await onHost();
  await eventually(async () => {
    const rows = await books.queries.selectFrom("host_probes").selectAll().execute();
    expect(rows.find(({ hostId }) => hostId === id)).toMatchObject({ verdict: "well" });
  });
  await server.close();
  await isSick();
  const stranger = await books.subscriber();
  const { added } = await books.add(stranger);
  expect(added).toEqual({ kind: "waiting" });
  await server.reopen();
  await isWell();
  // Who waited for it has it at once.
  await eventually(async () => {
    const [access] = await books.queries
      .selectFrom("accesses")
      .select("hostId")
      .where("subscriptionId", "=", stranger.subscriptionId as string)
      .execute();
    expect(access?.hostId).toBe(id);
  });
  await server.close();
  await isSick();
  const expected = ["customers-sick", "customers-well", "customers-sick"];
  const toOwner = kindsOf(await books.listMessages(owner.telegramId));
  expect(toOwner.filter((kind) => kind?.startsWith("customers-"))).toEqual(expected);
  const toAdmin = kindsOf(await books.listMessages(admin));
  expect(toAdmin).toEqual(["host-sick", "host-well", "host-sick"]);
  const notices = await books.queries
    .selectFrom("messages")
    .select(["priority", "content"])
    .where("key", "like", `customers-%${id}%`)
    .execute();
  expect(notices.map(({ priority }) => priority)).toEqual([1, 1, 1, 1]);
});

test("a worker that starts goes on where the last one was: nobody is told again", async () => {
  const server = await listen();
  await server.close();
  const ending = new AbortController();
  const first = followProbed(server, [here], ending.signal);
  const { owner } = await onHost();
  await isSick();
  const since = await sickSince();
  ending.abort(new Error("this worker ends"));
  await expect(first).rejects.toThrow("this worker ends");
  // Two at once: one holds the host, and the other waits for it.
  void followProbed(server);
  void followProbed(server);
  const before = await probedAt();
  await eventually(async () => expect(await probedAt()).toBeGreaterThan(before + 4 * everyMs));
  expect(await sickSince()).toEqual(since);
  const keys = await books.listMessages(owner.telegramId);
  expect(kindsOf(keys).filter((kind) => kind === "customers-sick")).toHaveLength(1);
});

test("where another place reaches it, it is blocked from here: admins are told, customers are not", async () => {
  const admin = await books.person("admin");
  const server = await listen();
  let isOpen = false;
  const far: ProbeSource = {
    name: "far",
    reach: async (attempt, signal) =>
      isOpen
        ? reachFromHere(attempt, signal)
        : { kind: "failed", trouble: "timeout", details: "nobody answers" },
  };
  void followProbed(server, [here, far]);
  const { owner } = await onHost();
  const adminKinds = async () => kindsOf(await books.listMessages(admin));
  await eventually(async () => expect(await adminKinds()).toEqual(["host-blocked"]));
  expect(await sickSince()).toBeNull();
  isOpen = true;
  await eventually(async () =>
    expect(await adminKinds()).toEqual(["host-blocked", "host-unblocked"]),
  );
  const toOwner = kindsOf(await books.listMessages(owner.telegramId));
  expect(toOwner.filter((kind) => kind?.startsWith("customers-"))).toEqual([]);
});

test("an agent that cannot be asked says nothing of the host", async () => {
  const admin = await books.person("admin");
  const server = await listen();
  void followProbed(server, [here, gone]);
  await eventually(async () => {
    const rows = await books.queries
      .selectFrom("host_probes")
      .select(["source", "verdict"])
      .where("hostId", "=", id as string)
      .execute();
    expect(rows).toEqual([{ source: workerSource, verdict: "well" }]);
  });
  expect(await books.listMessages(admin)).toEqual([]);
});

test("only who may connect through the sick host is told of it, once for all of their devices", async () => {
  void follow();
  const { owner, access } = await onHost();
  await books.add(owner);
  const late = await books.subscriber({ paidUntil: addMs(instant(new Date()), -minuteMs) });
  await books.add(late);
  await eventually(async () => {
    const { hostId } = await books.queries
      .selectFrom("accesses")
      .select("hostId")
      .where("subscriptionId", "=", owner.subscriptionId as string)
      .where("id", "!=", access.id)
      .executeTakeFirstOrThrow();
    expect(hostId).toBe(id);
  });
  const failed: ProbeOutcome = { isWell: false, finding: { trouble: "udp", details: "silent" } };
  const outcomes = new Map([[workerSource, failed]]);
  const now = instant(new Date());
  for (let index = 0; index < 5; index += 1) {
    const round = { hostId: id, outcomes, now: addMs(now, index * minuteMs) };
    await books.inTransaction((db) => recordRound(db, round));
  }
  const toOwner = kindsOf(await books.listMessages(owner.telegramId));
  expect(toOwner.filter((kind) => kind === "customers-sick")).toHaveLength(1);
  expect(kindsOf(await books.listMessages(late.telegramId))).not.toContain("customers-sick");
});
