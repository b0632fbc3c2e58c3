import { randomUUID } from "node:crypto";
import { expect, onTestFinished, test } from "vitest";
import { addMs, dayMs, instant } from "../../../domain/time.ts";
import { newTunnelAccess } from "../../../gateways/hosts/amneziawg/tunnel.ts";
import { eventually } from "../../drivers/eventually.ts";
import { applyAll } from "./answers.ts";
import { openMarzban } from "./emulated-marzban.ts";
import { openPasarGuard } from "./emulated-pasarguard.ts";
import { openRemnawave } from "./emulated-remnawave.ts";
import { openXui } from "./emulated-x-ui.ts";
import type { PanelUnderTest } from "./panel-contract.ts";

const identity = "old_client";
const nobody = "00000000-0000-0000-0000-000000000000";

/** The ids by which a link's user is let in; some panels say `nobody` where there are no servers. */
async function idsBehind({ fetchLink }: PanelUnderTest, url: string): Promise<string[]> {
  const answer = await (fetchLink?.(url) ?? fetch(url));
  const text = Buffer.from(await answer.text(), "base64").toString("utf8");
  const found = Array.from(text.matchAll(/vless:\/\/([\da-f-]{36})@/gu), ([, id]) => id!);
  return [...new Set(found)].filter((id) => id !== nobody);
}

test.each([
  ["Marzban", openMarzban],
  ["PasarGuard", openPasarGuard],
  ["Remnawave", openRemnawave],
  ["3x-ui", openXui],
])(
  "a user whom others have made on %s is taken over with their link and keys, and is ours from then on",
  async (_, open) => {
    const panel = await open();
    onTestFinished(() => panel.close());
    const { host } = panel;
    await panel.addStranger(identity);
    const { secrets } = newTunnelAccess();
    const endsAt = addMs(instant(Math.floor(Date.now() / 1_000) * 1_000), 30 * dayMs);
    const terms = { endsAt, limitBytes: 2 ** 30, deviceLimit: 3 };
    const access = {
      accessId: randomUUID(),
      identity,
      label: "Shop",
      secrets,
      isKnown: true,
      terms,
    };
    const given = await host.credentials(access);
    if (given.kind !== "subscription") throw new Error(given.kind);
    const before = await idsBehind(panel, given.url);
    const [found] = (await host.list()).peers;
    expect(found).toMatchObject({ identity, user: { fault: "its note is not ours" } });
    expect(found).not.toHaveProperty("origin");
    expect((await host.list("withOrigin")).peers).toMatchObject([{ identity, origin: {} }]);

    await applyAll(host, access);
    const [user] = (await host.list()).peers.map((peer) => peer.user);
    const deviceLimit = panel.limitsDevices ? terms.deviceLimit : undefined;
    expect(user).toMatchObject({ isLetIn: true, fault: undefined });
    expect(user?.terms).toEqual({ ...terms, deviceLimit });
    await eventually(async () => expect(await panel.isOnNode(identity)).toBe(true));
    const after = await idsBehind(panel, given.url);
    expect(after).toHaveLength(1);
    expect(after).toEqual(expect.arrayContaining(before));

    // As wanted: nothing is written again.
    const writes = await panel.countWrites();
    await applyAll(host, access);
    expect(await panel.countWrites()).toBe(writes);
    await host.remove([identity]);
    expect(await panel.listNames()).not.toContain(identity);
  },
);
