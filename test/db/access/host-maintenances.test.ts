import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { ConfiguredHosts } from "../../../db/access/configured-hosts.ts";
import { recordRound } from "../../../db/access/host-probes.ts";
import { markAway, markBack } from "../../../db/access/hosts.ts";
import { placeWaiting } from "../../../db/access/placement.ts";
import { SealedBoxes } from "../../../db/sealed-box.ts";
import { HostStatusQueries } from "../../../db/queries/access/host-status.ts";
import { MaintenanceQueries } from "../../../db/queries/access/maintenances.ts";
import { type ProbeOutcome, workerSource } from "../../../domain/access/host-health.ts";
import type { HostChange } from "../../../domain/access/host-change.ts";
import { type HostId, telegramId } from "../../../domain/ids.ts";
import { operator } from "../../../domain/operations/shop-change.ts";
import { addMs, hourMs, type Instant, instant, minuteMs } from "../../../domain/time.ts";
import { checkHostSettings } from "../../../workers/hosts.ts";
import { AccessBooks } from "../../drivers/access-books.ts";
import { useDatabase } from "../../drivers/database.ts";
import { MovingDevices, tunnels } from "../../drivers/moves.ts";

const db = useDatabase();
const books = new AccessBooks(db);
const moves = new MovingDevices(books);

const now = (): Instant => instant(new Date());
const boxes = new SealedBoxes([{ id: "k1", key: Buffer.alloc(32, 1) }]);

type About =
  | { readonly kind: "beginMaintenance" | "endMaintenance" | "lose" | "remove" }
  | { readonly kind: "giveBack"; readonly maintenanceId: string };

const change = (of: HostId, about: About, at = now(), requestId: string = randomUUID()) => {
  const made = { texts: {}, ...about, hostId: of } as HostChange;
  const ports = { vault: books.vault, boxes, check: checkHostSettings };
  const request = { requestId, by: operator, change: made } as const;
  return new ConfiguredHosts(db.writer.em, ports).changeOnce(request, at);
};

let networks = 0;
/** The host that takes devices now, with a device of somebody. */
async function host() {
  const [id] = await books.hosts(tunnels((networks += 1)));
  return { id: id!, ...(await moves.onHost()) };
}

const begin = (of: HostId, at?: Instant) => change(of, { kind: "beginMaintenance" }, at);
const end = (of: HostId, at?: Instant) => change(of, { kind: "endMaintenance" }, at);
const findLast = (of: HostId) => new MaintenanceQueries(db.reader.em).findLast(of, now());

const kindsTo = async (to: Parameters<AccessBooks["listMessages"]>[0]) =>
  (await books.listMessages(to)).map((key) => key.split("/")[0]);

/** Rounds of probes that find the host so, the last of them at this moment. */
async function probe(of: HostId, isWell: boolean, at: Instant): Promise<void> {
  const outcome: ProbeOutcome = isWell
    ? { isWell, latencyMs: 5 }
    : { isWell, finding: { trouble: "udp", details: "silent" } };
  for (let before = 4; before >= 0; before -= 1) {
    const outcomes = new Map([[workerSource, outcome]]);
    const round = { hostId: of, outcomes, now: addMs(at, -before * minuteMs) };
    await books.inTransaction((tx) => recordRound(tx, round));
  }
}

test("probes of a host in maintenance tell nobody anything; what they find when it is over is told then", async () => {
  const admin = await books.person("admin");
  const { id, owner } = await host();
  await begin(id);
  await probe(id, false, now());
  expect(await kindsTo(admin)).toEqual([]);
  expect(await kindsTo(owner.telegramId)).not.toContain("customers-sick");
  const status = await new HostStatusQueries(db.reader.em).read();
  const { startedAt } = (await findLast(id))!;
  expect(status.hosts.at(-1)).toEqual({ state: "maintenance", since: startedAt, place: undefined });
  await end(id);
  await probe(id, false, addMs(now(), hourMs));
  expect(await kindsTo(admin)).toEqual(["host-sick"]);
  expect(await kindsTo(owner.telegramId)).toContain("customers-sick");
  // Those who know that it is sick are told that it is well also where it was mended meanwhile.
  await begin(id);
  await probe(id, true, addMs(now(), 2 * hourMs));
  expect(await kindsTo(admin)).toEqual(["host-sick"]);
  await end(id);
  await probe(id, true, addMs(now(), 3 * hourMs));
  expect(await kindsTo(admin)).toEqual(["host-sick", "host-well"]);
  expect(await kindsTo(owner.telegramId)).toContain("customers-well");
});

test("that a host in maintenance goes away and comes back is told to nobody; that it is away when it is over, once", async () => {
  const admin = await books.person("admin");
  const { id } = await host();
  const mark = (isAway: boolean) =>
    books.inTransaction((tx) =>
      isAway
        ? markAway(tx, { id, trouble: "nobody answers", now: now() })
        : markBack(tx, id, now()),
    );
  await begin(id);
  for (const isAway of [true, false, true]) await mark(isAway);
  expect(await kindsTo(admin)).toEqual([]);
  await end(id);
  await mark(true);
  expect(await kindsTo(admin)).toEqual(["host-away"]);
  await mark(false);
  expect(await kindsTo(admin)).toEqual(["host-away", "host-back"]);
});

test("a host in maintenance takes no new device, whose owner is told why; when it is over it does", async () => {
  const { id } = await host();
  await begin(id);
  const stranger = await books.subscriber();
  expect((await books.add(stranger)).added).toEqual({ kind: "waiting" });
  const placed = () => books.inTransaction((tx) => placeWaiting(tx, now()));
  expect(await placed()).toBe(1);
  const [notice] = await books.queries
    .selectFrom("messages")
    .select("content")
    .where("telegramId", "=", stranger.telegramId)
    .where("key", "like", "away/%")
    .execute();
  expect(JSON.stringify(notice)).toContain('"isMaintained":true');
  await end(id);
  expect(await placed()).toBe(0);
});

test("however many begin a maintenance at once, there is one; what is announced of it can be changed", async () => {
  const { id } = await host();
  const answers = await Promise.all(Array.from({ length: 4 }, () => begin(id)));
  expect(answers.map(({ kind }) => kind).toSorted()).toEqual(["changed", "same", "same", "same"]);
  const announce = (about: object) => change(id, { kind: "beginMaintenance", ...about });
  const until = addMs(now(), hourMs);
  expect(await announce({ texts: { en: "Disks" } })).toMatchObject({ kind: "changed" });
  expect(await announce({ until })).toMatchObject({ kind: "changed" });
  expect(await announce({ texts: { ru: "Диски" } })).toMatchObject({ kind: "changed" });
  expect(await announce({})).toMatchObject({ kind: "same" });
  expect(await findLast(id)).toMatchObject({ texts: { en: "Disks", ru: "Диски" }, until });
  const rows = await books.queries
    .selectFrom("host_maintenances")
    .select("id")
    .where("hostId", "=", id as string)
    .execute();
  expect(rows).toHaveLength(1);
});

test("of admins who give the same time back at once, one does; the others, and a repeat, find it done", async () => {
  const { id } = await host();
  await begin(id);
  const { id: maintenanceId } = (await findLast(id))!;
  const give = (requestId?: string) =>
    change(id, { kind: "giveBack", maintenanceId }, now(), requestId);
  expect(await give()).toEqual({ kind: "refused", why: "noMaintenance" });
  await end(id);
  const answers = await Promise.all(["a", "a", "b", "c"].map((one) => give(`${id}/${one}`)));
  const kinds = answers.map(({ kind }) => kind);
  expect(new Set(kinds)).toEqual(new Set(["changed", "same"]));
  for (const answer of answers) expect(answer).toMatchObject({ giveBack: { maintenanceId } });
  const acts = await books.queries
    .selectFrom("audit_log")
    .select("after")
    .where("requestId", "like", `${id}/%`)
    .execute();
  expect(acts.map(({ after }) => after["givenBack"])).toEqual([maintenanceId]);
});

test("who may not change the shop begins, ends and gives back nothing", async () => {
  const { id } = await host();
  const by = telegramId(await books.person());
  const ports = { vault: books.vault, boxes, check: checkHostSettings };
  for (const kind of ["beginMaintenance", "endMaintenance", "giveBack"] as const) {
    const made = { kind, hostId: id, texts: {}, maintenanceId: randomUUID() } as HostChange;
    const request = { requestId: randomUUID(), by, change: made };
    const answer = await new ConfiguredHosts(db.writer.em, ports).changeOnce(request, now());
    expect(answer).toEqual({ kind: "refused", why: "notAdmin" });
  }
});

test.each(["lose", "remove"] as const)(
  "a host that is gone is in no maintenance any more, and its time can be given back (%s)",
  async (kind) => {
    const { id, owner, device } = await host();
    await begin(id);
    if (kind === "remove") {
      const { id: access } = await books.accessOf(device);
      await books.queries
        .updateTable("accesses")
        .set({ retiredAt: new Date(), removedAt: new Date() })
        .where("id", "=", access)
        .execute();
    }
    expect(await change(id, { kind })).toMatchObject({ kind: "changed" });
    expect(await new MaintenanceQueries(db.reader.em).listOwn(owner.telegramId)).toEqual([]);
    const last = (await findLast(id))!;
    expect(last.endedAt).toBeDefined();
    const giveBack = { kind: "giveBack", maintenanceId: last.id } as const;
    expect(await change(id, giveBack)).toMatchObject({ kind: "changed" });
  },
);

test("a customer reads of the maintenances of their devices' hosts, and whether there is another one", async () => {
  const { id, owner } = await host();
  const listOwn = () => new MaintenanceQueries(db.reader.em).listOwn(owner.telegramId);
  expect(await listOwn()).toEqual([]);
  await begin(id);
  const about = owner.subscriptionId;
  expect(await listOwn()).toEqual([{ texts: {}, until: undefined, about, isWhole: true }]);
  await books.hosts(tunnels((networks += 1)));
  await books.add(owner);
  expect(await listOwn()).toMatchObject([{ about, isWhole: false }]);
  await end(id);
  expect(await listOwn()).toEqual([]);
});
