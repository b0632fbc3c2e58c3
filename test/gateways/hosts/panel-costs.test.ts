import { randomUUID } from "node:crypto";
import { expect, onTestFinished, test } from "vitest";
import { sent, startCounting } from "../../../bench/hosts/counts.ts";
import { panelUserName } from "../../../domain/derived-ids.ts";
import { addMs, dayMs, instant } from "../../../domain/time.ts";
import { newTunnelAccess } from "../../../gateways/hosts/amneziawg/tunnel.ts";
import type { GrantedAccess } from "../../../gateways/hosts/port.ts";
import { applyAll } from "./answers.ts";
import { openMarzban } from "./emulated-marzban.ts";
import { openPasarGuard } from "./emulated-pasarguard.ts";
import { openRemnawave } from "./emulated-remnawave.ts";
import { openXui } from "./emulated-x-ui.ts";

startCounting("panel");

const many = 20;
const thisSecond = instant(Math.floor(Date.now() / 1_000) * 1_000);

function newAccess(): GrantedAccess {
  const accessId = randomUUID();
  return {
    accessId,
    identity: panelUserName(accessId),
    label: "Shop",
    secrets: newTunnelAccess().secrets,
    isKnown: false,
    terms: { endsAt: addMs(thisSecond, 30 * dayMs), limitBytes: undefined, deviceLimit: 3 },
  };
}

const listOf = (length: number) => Array.from({ length }, newAccess);

async function countCalls(work: () => Promise<unknown>): Promise<number> {
  const before = sent.calls;
  await work();
  return sent.calls - before;
}

test.each([
  ["Marzban", openMarzban, 2],
  ["PasarGuard", openPasarGuard, 2],
  ["Remnawave", openRemnawave, 2],
  ["3x-ui", openXui, 4],
])(
  "what an access costs on %s in calls does not grow with the users whom it has",
  async (_, open, callsForOne) => {
    const { host, close } = await open();
    onTestFinished(close);
    // With what is read once, as a token.
    await applyAll(host, newAccess());
    expect(await countCalls(() => applyAll(host, ...listOf(many)))).toBe(callsForOne * many);
    await applyAll(host, ...listOf(6 * many));
    expect(await countCalls(() => applyAll(host, ...listOf(many)))).toBe(callsForOne * many);
    // All of them fit on one page of the smallest.
    expect(await countCalls(() => host.list())).toBe(1);
  },
);
