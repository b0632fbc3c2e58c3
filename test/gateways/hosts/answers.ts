import { expect } from "vitest";
import type { Applied, GrantedAccess, VpnHost } from "../../../gateways/hosts/port.ts";

/** The answers by identity; the reason where the host refused. */
export const refusals = (answers: readonly Applied[]): Record<string, string> =>
  Object.fromEntries(
    answers.flatMap((answer) =>
      answer.kind === "refused" ? [[answer.accessId, answer.reason]] : [],
    ),
  );

export const applyAll = async (host: VpnHost, ...accesses: GrantedAccess[]): Promise<void> => {
  expect(refusals(await host.apply(accesses))).toEqual({});
};

export const peersOf = async (host: VpnHost): Promise<Record<string, readonly string[]>> =>
  Object.fromEntries(
    (await host.list()).peers.map(({ identity, addresses }) => [identity, addresses]),
  );
