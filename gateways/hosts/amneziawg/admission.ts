import { setImmediate } from "node:timers/promises";
import { isDeviceAddress } from "../../../domain/access/address-pool.ts";
import type { Access, Applied } from "../port.ts";
import { type Tunnel, tunnelOf } from "./tunnel.ts";

export interface AdmittingHost {
  readonly network: string;
  readonly publicKey: string;
  /** Who is there already. */
  readonly peers: readonly { readonly publicKey: string; readonly addresses: readonly string[] }[];
}

export interface Admitted {
  readonly accessId: string;
  readonly tunnel: Tunnel;
}

export interface Admission {
  readonly admitted: readonly Admitted[];
  readonly refused: readonly Extract<Applied, { kind: "refused" }>[];
}

/** A private key's public half takes a tenth of a millisecond: so many at a stretch take some 5 ms. */
const atAStretch = 50;

/**
 * Which of `wanted` may be put on a host that has `peers`. An address is never taken from a peer that is not
 * named here; peers that are named may trade theirs. No key is in a reason.
 */
export async function admission(
  wanted: readonly Access[],
  host: AdmittingHost,
): Promise<Admission> {
  const named = new Set(wanted.map(({ identity }) => identity));
  const holders = new Map<string, string>();
  for (const { publicKey, addresses } of host.peers) {
    if (!named.has(publicKey)) for (const address of addresses) holders.set(address, publicKey);
  }
  const admitted: Admitted[] = [];
  const refused: Extract<Applied, { kind: "refused" }>[] = [];
  for (const [index, access] of wanted.entries()) {
    if (index % atAStretch === atAStretch - 1) await setImmediate();
    const tunnel = admit(access, host, holders);
    const { accessId } = access;
    if (typeof tunnel === "string") {
      refused.push({ kind: "refused", accessId, reason: tunnel });
    } else {
      holders.set(tunnel.address, tunnel.publicKey);
      admitted.push({ accessId, tunnel });
    }
  }
  return { admitted, refused };
}

function admit(
  access: Access,
  { network, publicKey }: AdmittingHost,
  holders: ReadonlyMap<string, string>,
): Tunnel | string {
  const tunnel = tunnelOf(access);
  if (typeof tunnel === "string") return tunnel;
  if (tunnel.publicKey === publicKey) return "its key is the host's own";
  const { address } = tunnel;
  if (!isDeviceAddress(network, address))
    return `"${address}" is not a device address of ${network}`;
  const holder = holders.get(address) ?? tunnel.publicKey;
  return holder === tunnel.publicKey ? tunnel : `${address} is held by the peer ${holder}`;
}
