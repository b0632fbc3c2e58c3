import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { HostPass } from "../../../activities/access/host-pass.ts";
import { reach } from "../../../activities/access/host-reach.ts";
import { placeWaiting } from "../../../db/access/placement.ts";
import type { HostId } from "../../../domain/ids.ts";
import { dayMs, instant } from "../../../domain/time.ts";
import { AccessBooks, type Subscriber } from "../../drivers/access-books.ts";
import { useDatabase } from "../../drivers/database.ts";
import { eventually } from "../../drivers/eventually.ts";
import { openMarzban } from "../../gateways/hosts/emulated-marzban.ts";
import { openPasarGuard } from "../../gateways/hosts/emulated-pasarguard.ts";
import { openRemnawave } from "../../gateways/hosts/emulated-remnawave.ts";
import { openXui } from "../../gateways/hosts/emulated-x-ui.ts";
import type { PanelUnderTest } from "../../gateways/hosts/panel-contract.ts";

const panels = {
  Marzban: openMarzban,
  PasarGuard: openPasarGuard,
  Remnawave: openRemnawave,
  "3x-ui": openXui,
};

describe.each(Object.entries(panels))("%s follows the books", (_kind, open) => {
  const db = useDatabase();
  let books: AccessBooks;
  let panel: PanelUnderTest;
  let pass: HostPass;
  beforeAll(async () => {
    books = new AccessBooks(db);
    panel = await open();
    const settings = { kind: "panel" };
    const [id] = await books.hosts({ name: randomUUID(), capacity: 100, weight: 1, settings });
    const { em } = db.writer;
    const ports = { em, vault: books.vault, now: () => new Date(), checkpoint: () => undefined };
    pass = new HostPass(id as HostId, reach({ get: async () => panel.host }, id as HostId), ports);
  });
  afterAll(() => panel?.close());

  /** A customer with a device on the panel. */
  async function customer() {
    const subscriber = await books.subscriber();
    const { id } = await books.add(subscriber);
    await pass.followBooks();
    const { identity } = await books.accessOf(id);
    return { subscriber, name: identity };
  }

  const setPaidUntil = ({ subscriptionId }: Subscriber, inDays: number) =>
    books.queries
      .updateTable("subscriptions")
      .set({ paidUntil: new Date(Date.now() + inDays * dayMs) })
      .where("id", "=", subscriptionId as string)
      .execute();

  /** The node lets in these of ours, and nobody else of them. */
  const expectOnNode = (isIn: Readonly<Record<string, boolean>>) =>
    eventually(async () => {
      for (const [name, expected] of Object.entries(isIn)) {
        expect({ name, is: await panel.isOnNode(name) }).toEqual({ name, is: expected });
      }
    });

  test("after operators' hands, a restored backup and an hour of 500 for what was done, it agrees again", async () => {
    const alice = await customer();
    const bob = await customer();
    const eve = await customer();
    await panel.addStranger("stranger_of_the_shop");
    const restore = await panel.backUp();
    const late = await customer();
    await panel.deleteByHand(alice.name);
    await panel.changeByHand(bob.name, "disable");
    await pass.compareWhole();
    await expectOnNode({ [alice.name]: true, [bob.name]: true, [late.name]: true });
    await setPaidUntil(eve.subscriber, -1);
    await pass.followBooks();
    await expectOnNode({ [eve.name]: false });
    await restore();
    await pass.compareWhole();
    await expectOnNode({ [eve.name]: false, [late.name]: true, [alice.name]: true });
    await panel.breakWrites("500 after success", 1_000);
    await setPaidUntil(eve.subscriber, 30);
    await setPaidUntil(bob.subscriber, -1);
    for (let times = 0; times < 3; times += 1) await pass.compareWhole().catch(() => undefined);
    await panel.breakWrites("500", 0);
    await pass.compareWhole();
    await expectOnNode({ [eve.name]: true, [bob.name]: false, [late.name]: true });
    const names = [alice.name, bob.name, eve.name, late.name, "stranger_of_the_shop"];
    expect((await panel.listNames()).toSorted()).toEqual(names.toSorted());
    const before = await panel.countWrites();
    await pass.compareWhole();
    expect(await panel.countWrites()).toBe(before);
  });

  test("a customer whose name somebody else has there is told, and the others go on", async () => {
    const subscriber = await books.subscriber();
    const { id } = await books.add(subscriber);
    await books.inTransaction((to) => placeWaiting(to, instant(new Date())));
    const { identity, id: accessId } = await books.accessOf(id);
    await panel.addStranger(identity);
    const other = await customer();
    await pass.compareWhole();
    await expectOnNode({ [other.name]: true });
    expect(await books.listMessages(subscriber.telegramId)).toEqual([`refused/${accessId}`]);
  });
});
