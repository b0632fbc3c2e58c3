import { afterAll, expect, test } from "vitest";
import { AuditQueries } from "../../db/queries/operations/audit.ts";
import { hostId } from "../../domain/ids.ts";
import { money } from "../../domain/money.ts";
import { dayMs, hourMs } from "../../domain/time.ts";
import { openDeployment } from "../drivers/deployment.ts";
import { eventually } from "../drivers/eventually.ts";
import { type Life, Lives } from "../drivers/lives.ts";
import { changeAsOperator, editHost } from "../drivers/locations.ts";
import { limitedPlan, planFor } from "../drivers/shop.ts";
import { useTestApp } from "../drivers/test-app.ts";

const zone = "Europe/Berlin";
const monthPrice = 30_000;

/** The morning of 1 January of the next year that has a 29 February. */
function nextLeapYear(): Date {
  for (let year = new Date(Date.now() + 2 * dayMs).getUTCFullYear() + 1; ; year += 1) {
    const leapDay = new Date(Date.UTC(year, 1, 29));
    if (leapDay.getUTCMonth() === 1) return new Date(Date.UTC(year, 0, 1, 3));
  }
}

const startsAt = nextLeapYear();
const dayOf = (month: number, day: number) =>
  Date.UTC(startsAt.getUTCFullYear(), month - 1, day, 8);

const deployment = await openDeployment(
  () => app.host,
  () => app.now().getTime(),
);
afterAll(() => deployment.close());
const app = useTestApp({
  startsAt,
  moreHosts: deployment.others,
  plans: [
    { ...planFor("month", { RUB: monthPrice }), graceDays: 3 },
    { ...limitedPlan, limitPeriod: "calendar" },
  ],
});
const lives = new Lives(app, deployment, zone);
const { panels } = deployment;

const stranger = "somebody_else";
/** Where somebody else's user is, and gets through. */
const readStrangers = async () => {
  const all = Object.entries(panels).map(async ([name, panel]) => {
    const isThere = (await panel.listNames()).includes(stranger);
    return [name, { isThere, isLetIn: await panel.isOnNode(stranger) }] as const;
  });
  return Object.fromEntries(await Promise.all(all));
};

const hostOf = async (life: Life) => (await lives.placesOf(life))[0]!.host;
const livesOn = async (name: string): Promise<Life> => {
  const places = await Promise.all(lives.all.map((life) => hostOf(life)));
  return lives.all[places.indexOf(name)]!;
};

/** Everybody is on a host of their own, beside users of others. */
async function begin() {
  await deployment.advance(startsAt.getTime() - Date.now());
  await changeAsOperator(app, { kind: "setting", key: "zone", value: zone });
  for (const panel of Object.values(panels)) await panel.addStranger(stranger);
  for (const plan of ["month", "month", "small", "month", "month"] as const) {
    await lives.begin(plan);
  }
  await lives.beginAnother(lives.all[3]!);
  const hosts = new Set(await Promise.all(lives.all.map((life) => hostOf(life))));
  expect([...hosts].toSorted()).toEqual(Object.keys(deployment.hosts).toSorted());
  return { lapsing: lives.all[0]!, limited: lives.all[2]!, second: lives.all[5]! };
}

/** A second subscription renews itself from the balance. */
async function renewByItself(second: Life): Promise<void> {
  const { customer } = second;
  const order = await customer.waitForInvoice(await customer.topUp(money(13 * monthPrice, "RUB")));
  await customer.pay(order);
  await customer.waitForEnd(order.id);
  await customer.person.send("/renewal");
  await customer.person.pressButton(/^renewal~2$/u);
  await customer.person.pressButton(/^renew-by:balance:RUB~2$/u);
  await customer.person.pressButton(/^renew-agree:balance:.*~2$/u);
  await customer.person.waitForMessage(/· 2[^]*Auto-renewal is on/u);
  second.isRenewed = true;
}

/** Somebody deletes everybody's keys and users on all hosts. */
async function deleteAllByHand(): Promise<void> {
  for (const { host, identity } of (
    await Promise.all(lives.all.map((life) => lives.placesOf(life)))
  ).flat()) {
    await deployment.hosts[host]!.deleteByHand(identity);
  }
  await lives.expectPromisesKept();
}

/** For an hour a panel does what it is asked to and answers 500; its customer pays meanwhile. */
async function breakAnswersOf(name: string): Promise<void> {
  const panel = panels[name]!;
  await panel.breakWrites("500 after success", 100_000);
  await lives.buy(await livesOn(name));
  await lives.elapse(hourMs);
  await panel.breakWrites("500 after success", 0);
  await lives.expectPromisesKept();
}

/** Its customers are moved; the old key works until the new one is used. */
async function migrate(name: string): Promise<void> {
  const life = await livesOn(name);
  const [row] = await app.rows<{ id: string }>("select id from hosts where name = ?", [name]);
  await editHost(app, { kind: "migrate", hostId: hostId(row!.id), ratePerMinute: 1_200 });
  const [old, next] = await eventually(async () => {
    const places = await lives.placesOf(life);
    expect(places).toMatchObject([{ host: name, is_old: true }, { is_old: false }]);
    return places;
  });
  expect(next!.host).not.toBe(name);
  expect(await lives.isLetIn(old!)).toBe(true);
  await lives.expectPromisesKept();
  await lives.move(life, 1);
  await eventually(async () => expect(await lives.isLetIn(old!)).toBe(false));
  await lives.expectPromisesKept();
}

/** Who stopped paying is out after the grace, and comes back with the same key. */
async function comeBack(lapsed: Life, identity: string): Promise<void> {
  const said = await lapsed.customer.person.listTexts();
  expect(said.filter((text) => /access has ended/u.test(text))).toHaveLength(1);
  await lives.buy(lapsed);
  await lives.expectPromisesKept();
  expect((await lives.placesOf(lapsed)).map((place) => place.identity)).toEqual([identity]);
}

/** Time and what customers were told, as they were promised; nothing disagrees. */
async function expectBooksEqual(limited: Life): Promise<void> {
  expect(await new AuditQueries(app.books.em).findDisagreements()).toEqual([]);
  for (const { of, endMs } of lives.all) {
    const [row] = await app.rows<{ at: string }>(
      "select paid_until as at from subscriptions where id = ?",
      [of],
    );
    expect(Math.abs(Date.parse(row!.at) - endMs)).toBeLessThan(hourMs);
  }
  const said = await limited.customer.person.listTexts();
  expect(said.filter((text) => text.startsWith("📊 Your traffic is used up"))).toHaveLength(
    limited.cuts,
  );
  expect(limited.cuts).toBeGreaterThan(6);
}

test(
  "a year on two hosts of tunnels and four panels: every promise is kept, whatever happens to hosts",
  { timeout: 900_000 },
  async () => {
    const { lapsing, limited, second } = await begin();
    const spend = () => lives.move(limited, 2);
    await lives.expectPromisesKept();
    const strangers = await readStrangers();
    await renewByItself(second);
    await lives.liveUntil(dayOf(1, 20), spend);
    const restore = await panels["marzban"]!.backUp();
    await lives.liveUntil(dayOf(2, 10), spend);
    await deleteAllByHand();
    await lives.liveUntil(dayOf(3, 27), spend);
    deployment.two.restart();
    await lives.expectPromisesKept();
    await lives.liveUntil(dayOf(4, 15), spend);
    await restore();
    await lives.expectPromisesKept();
    await lives.liveUntil(dayOf(5, 20), spend);
    await breakAnswersOf("pasarguard");
    lapsing.pays = false;
    const [{ identity } = { identity: "" }] = await lives.placesOf(lapsing);
    // The days of grace, and then without.
    await lives.liveUntil(lapsing.endMs + 2 * dayMs, spend);
    await lives.liveUntil(lapsing.endMs + 4 * dayMs, spend);
    await migrate("remnawave");
    await lives.liveUntil(dayOf(7, 5), spend);
    await lives.liveUntil(dayOf(9, 10), spend);
    await comeBack(lapsing, identity);
    lapsing.pays = true;
    await lives.liveUntil(dayOf(12, 31), spend);
    await expectBooksEqual(limited);
    expect(await readStrangers()).toEqual(strangers);
    for (const { isThere } of Object.values(strangers)) expect(isThere).toBe(true);
  },
);
