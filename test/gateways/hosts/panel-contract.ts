import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { PanelUser } from "../../../domain/access/host.ts";
import { panelUserName } from "../../../domain/derived-ids.ts";
import { addMs, dayMs, instant } from "../../../domain/time.ts";
import { newTunnelAccess } from "../../../gateways/hosts/amneziawg/tunnel.ts";
import type { HostSettings } from "../../../gateways/hosts/registry.ts";
import type { GrantedAccess, VpnHost } from "../../../gateways/hosts/port.ts";
import { eventually } from "../../drivers/eventually.ts";
import { applyAll, refusals } from "./answers.ts";

/** What a panel does wrong with the next call that writes; `slow`: it answers after 30 seconds. */
export type WriteFault = "500 after success" | "dropped after success" | "500" | "502" | "slow";

/** A panel under test with an operator beside us. */
export interface PanelUnderTest {
  readonly host: VpnHost;
  readonly settings: HostSettings;
  /** Reads a link as an app does; left out: at its URL. */
  fetchLink?(url: string): Promise<Response>;
  /** False: the panel does not say which version it is. */
  readonly namesVersion?: boolean;
  /** False: panels of this kind limit no devices. */
  readonly limitsDevices: boolean;
  /** Names of all users. */
  listNames(): Promise<string[]>;
  /** Somebody else makes a user by hand, without any note. */
  addStranger(name: string): Promise<void>;
  /** An operator deletes a user by hand. */
  deleteByHand(name: string): Promise<void>;
  /** An operator changes a user by hand: the note, the end, or lets nobody in. */
  changeByHand(name: string, change: "note" | "end" | "disable"): Promise<void>;
  /** A user moves so many bytes, and the panel counts them. */
  carry(name: string, bytes: number): Promise<void>;
  /** The panel's clock goes on, and its jobs run. */
  advance(ms: number): Promise<void>;
  /** Whether clients of this user get through the node. */
  isOnNode(name: string): Promise<boolean>;
  /** The next call that writes meets this, or `times` of them. */
  breakWrites(fault: WriteFault, times: number): Promise<void>;
  /** Takes a backup; the function returned puts the panel back to it. */
  backUp(): Promise<() => Promise<void>>;
  /** How many calls that write were made. */
  countWrites(): Promise<number>;
  close(): Promise<void>;
}

const gib = 2 ** 30;
const wholeSecond = (ms: number) => instant(Math.floor((Date.now() + ms) / 1_000) * 1_000);

const anAccess = (terms: Partial<GrantedAccess["terms"]> = {}): GrantedAccess => {
  const accessId = randomUUID();
  const { secrets } = newTunnelAccess();
  const endsAt = wholeSecond(30 * dayMs);
  return {
    accessId,
    identity: panelUserName(accessId),
    label: "Shop",
    secrets,
    isKnown: false,
    terms: { endsAt, limitBytes: 10 * gib, deviceLimit: 1, ...terms },
  };
};

/** The promises of every panel as a VPN host. */
export function panelContract(name: string, open: () => Promise<PanelUnderTest>): void {
  describe(`${name} as a VPN host`, () => {
    let panel: PanelUnderTest;
    let host: VpnHost;
    beforeAll(async () => {
      panel = await open();
      host = panel.host;
    });
    afterAll(() => panel?.close());
    beforeEach(async () => {
      await panel.breakWrites("500", 0);
      for (const one of await panel.listNames()) await panel.deleteByHand(one);
    });

    const userOf = async ({ identity }: GrantedAccess): Promise<PanelUser | undefined> =>
      (await host.list()).peers.find((peer) => peer.identity === identity)?.user;

    const linkOf = async (access: GrantedAccess): Promise<string> => {
      const given = await host.credentials(access);
      if (given.kind !== "subscription") throw new Error(given.kind);
      return given.url;
    };

    /** The servers and keys behind a link, without the names that apps show. */
    const keysBehind = async (url: string): Promise<string> => {
      const answer = await (panel.fetchLink?.(url) ?? fetch(url));
      const text = Buffer.from(await answer.text(), "base64").toString("utf8");
      return text.replaceAll(/#.*$/gmu, "");
    };

    const expectAsWanted = async (access: GrantedAccess): Promise<void> => {
      const { deviceLimit, ...terms } = access.terms;
      expect(await userOf(access)).toEqual({
        isLetIn: true,
        fault: undefined,
        limitsDevices: panel.limitsDevices,
        terms: { ...terms, deviceLimit: panel.limitsDevices ? deviceLimit : undefined },
      });
      await eventually(async () => expect(await panel.isOnNode(access.identity)).toBe(true));
    };

    test("an access is a user with exactly its terms, who gets through", async () => {
      const limited = anAccess();
      const free = anAccess({ endsAt: undefined, limitBytes: undefined });
      await applyAll(host, limited, free);
      await expectAsWanted(limited);
      await expectAsWanted(free);
    });

    test("what is as wanted is not written again, and what is not is written as a whole", async () => {
      const access = anAccess();
      await applyAll(host, access);
      const before = await panel.countWrites();
      await applyAll(host, access);
      expect(await panel.countWrites()).toBe(before);
      const terms = { endsAt: wholeSecond(60 * dayMs), limitBytes: 20 * gib, deviceLimit: 2 };
      const longer = { ...access, terms, isKnown: true };
      await applyAll(host, longer);
      await expectAsWanted(longer);
      expect(await panel.listNames()).toEqual([access.identity]);
    });

    test("the link is for this user alone, and works again after new terms", async () => {
      const alice = anAccess();
      const bob = anAccess();
      await applyAll(host, alice, bob);
      const link = await linkOf(alice);
      const mine = await keysBehind(link);
      expect(mine).toMatch(/^\w+:\/\/.+@/u);
      expect(await keysBehind(await linkOf(bob))).not.toBe(mine);
      await host.remove([alice.identity], "forNow");
      await applyAll(host, { ...alice, isKnown: true });
      expect(await keysBehind(link)).toBe(mine);
    });

    test("a right that may come back keeps the user and its counter; one for good deletes it", async () => {
      const access = { ...anAccess(), isKnown: true };
      await applyAll(host, access);
      await panel.carry(access.identity, 1_000);
      const counterOf = async () =>
        (await host.usage()).counters.find(({ identity }) => identity === access.identity);
      const before = await counterOf();
      expect(before).toMatchObject({
        uploadedBytes: expect.any(Number),
        epoch: expect.any(String),
      });
      expect((before?.uploadedBytes ?? 0) + (before?.downloadedBytes ?? 0)).toBe(1_000);
      const { counters } = await host.remove([access.identity], "forNow");
      expect(counters).toMatchObject([{ identity: access.identity, epoch: before?.epoch }]);
      expect((await userOf(access))?.isLetIn).toBe(false);
      await eventually(async () => expect(await panel.isOnNode(access.identity)).toBe(false));
      await applyAll(host, access);
      await expectAsWanted(access);
      expect((await counterOf())?.epoch).toBe(before?.epoch);
      await host.remove([access.identity], "forGood");
      expect(await panel.listNames()).toEqual([]);
      await host.remove([access.identity], "forGood");
      await applyAll(host, access);
      expect(await counterOf()).toMatchObject({ uploadedBytes: 0, downloadedBytes: 0 });
      expect((await counterOf())?.epoch).not.toBe(before?.epoch);
    });

    test("a user who has used all, or whose time was over, gets through with new terms", async () => {
      const access = {
        ...anAccess({ limitBytes: 1_000, endsAt: wholeSecond(dayMs) }),
        isKnown: true,
      };
      await applyAll(host, access);
      await panel.carry(access.identity, 2_000);
      await panel.advance(2 * 60_000);
      await eventually(async () => expect((await userOf(access))?.isLetIn).toBe(false));
      const more = { ...access, terms: { ...access.terms, limitBytes: 5_000 } };
      await applyAll(host, more);
      await expectAsWanted(more);
      await panel.advance(2 * dayMs);
      expect((await userOf(access))?.isLetIn).toBe(false);
      const longer = {
        ...more,
        terms: { ...more.terms, endsAt: addMs(more.terms.endsAt!, 30 * dayMs) },
      };
      await applyAll(host, longer);
      await expectAsWanted(longer);
    });

    test.each(["note", "end", "disable"] as const)(
      "changed by hand and repaired: %s",
      async (change) => {
        const access = { ...anAccess(), isKnown: true };
        await applyAll(host, access);
        await panel.changeByHand(access.identity, change);
        const { isLetIn, fault, terms } = (await userOf(access)) ?? {};
        expect({ isLetIn, fault, endsAt: terms?.endsAt }).not.toEqual({
          isLetIn: true,
          fault: undefined,
          endsAt: access.terms.endsAt,
        });
        await applyAll(host, access);
        await expectAsWanted(access);
      },
    );

    test("a user of somebody else is never touched, although they have our name", async () => {
      const access = anAccess();
      const good = anAccess();
      await panel.addStranger(access.identity);
      await panel.addStranger("stranger_of_the_shop");
      const before = await panel.countWrites();
      const answers = refusals(await host.apply([access, good]));
      expect(answers[access.accessId]).toMatch(/not ours/u);
      expect(Object.keys(answers)).toEqual([access.accessId]);
      expect((await host.remove([access.identity], "forGood")).counters).toEqual([]);
      expect((await host.remove([access.identity], "forNow")).counters).toEqual([]);
      expect(await panel.countWrites()).toBeLessThanOrEqual(before + 2);
      expect((await panel.listNames()).toSorted()).toEqual(
        [access.identity, good.identity, "stranger_of_the_shop"].toSorted(),
      );
    });

    test.each(["500 after success", "dropped after success", "500", "502"] as const)(
      "a call that ends with %s is looked up, and its user is there once and whole",
      async (fault) => {
        const access = anAccess();
        await panel.breakWrites(fault, 1);
        await applyAll(host, access);
        await expectAsWanted(access);
        const longer = {
          ...access,
          isKnown: true,
          terms: { ...access.terms, endsAt: wholeSecond(90 * dayMs) },
        };
        await panel.breakWrites(fault, 1);
        await applyAll(host, longer);
        await expectAsWanted(longer);
        await panel.breakWrites(fault, 1);
        await host.remove([access.identity], "forNow");
        expect((await userOf(access))?.isLetIn).toBe(false);
        await panel.breakWrites(fault, 1);
        await host.remove([access.identity], "forGood");
        expect(await panel.listNames()).toEqual([]);
      },
    );

    test("a lasting outage is an outage, and nothing is refused", async () => {
      await panel.breakWrites("502", 1_000);
      await expect(host.apply([anAccess()])).rejects.toThrow(/502/u);
    });

    test("a panel that is put back to a backup is repaired by the same accesses", async () => {
      const early = anAccess();
      const deleted = anAccess();
      const late = anAccess();
      await applyAll(host, early, deleted);
      const restore = await panel.backUp();
      const longer = {
        ...early,
        isKnown: true,
        terms: { ...early.terms, endsAt: wholeSecond(90 * dayMs) },
      };
      await applyAll(host, longer, late);
      await host.remove([deleted.identity], "forGood");
      await restore();
      await host.remove([deleted.identity], "forGood");
      await applyAll(host, longer, { ...late, isKnown: true });
      await expectAsWanted(longer);
      await expectAsWanted(late);
      expect((await panel.listNames()).toSorted()).toEqual(
        [early.identity, late.identity].toSorted(),
      );
    });

    test("a made-again user has the same keys", async () => {
      const access = anAccess();
      await applyAll(host, access);
      const before = await keysBehind(await linkOf(access));
      await panel.deleteByHand(access.identity);
      await applyAll(host, { ...access, isKnown: true });
      expect(await keysBehind(await linkOf(access))).toBe(before);
    });

    test("it describes itself with its version", async () => {
      const { version, findings } = await host.describe();
      expect(findings).toEqual([]);
      expect(version ?? "").toMatch(panel.namesVersion === false ? /^$/u : /^v?\d+\.\d+/u);
    });

    test("hundreds of users are listed page by page, each once", async () => {
      const accesses = Array.from({ length: 450 }, () => anAccess());
      for (let start = 0; start < accesses.length; start += 50) {
        await applyAll(host, ...accesses.slice(start, start + 50));
      }
      const names = (await host.list()).peers.map(({ identity }) => identity);
      expect(names.toSorted()).toEqual(accesses.map(({ identity }) => identity).toSorted());
    });
  });
}
