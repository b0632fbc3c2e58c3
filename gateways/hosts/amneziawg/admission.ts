import { setImmediate } from "node:timers/promises";
import { isDeviceAddress } from "../../../domain/access/address-pool.ts";
import type { Access, Applied } from "../port.ts";
import { addressesOf, type HostedTunnel, readTunnel, type TunnelReading } from "./tunnel.ts";

/** A host, and the peers that it has already. */
export interface AdmittingHost {
  readonly network: string;
  /** IPv6; undefined: its peers have no address of it. */
  readonly network6?: string | undefined;
  readonly publicKey: string;
  /** The peers that the host has already. */
  readonly peers: readonly { readonly publicKey: string; readonly addresses: readonly string[] }[];
}

/** An access that may be put on the host. */
export interface Admitted {
  readonly accessId: string;
  readonly tunnel: HostedTunnel;
}

/** What may be put on the host, and what may not. */
export interface Admission {
  readonly admitted: readonly Admitted[];
  readonly refused: readonly Extract<Applied, { kind: "refused" }>[];
}

/** Deriving a public key takes a tenth of a millisecond: a batch of this size takes 5 ms. */
const batchSize = 50;

/**
 * Which of `wanted` may be put on `host`. An address is never taken from a peer that is not named
 * here; named peers may trade theirs. Reasons contain no key.
 */
export async function decideAdmission(
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
    if (index % batchSize === batchSize - 1) await setImmediate();
    const admission = admit(access, host, holders);
    const { accessId } = access;
    if ("problem" in admission) {
      refused.push({ kind: "refused", accessId, reason: admission.problem });
    } else {
      const { tunnel } = admission;
      for (const address of addressesOf(tunnel)) holders.set(address, tunnel.publicKey);
      admitted.push({ accessId, tunnel });
    }
  }
  return { admitted, refused };
}

function admit(
  access: Access,
  { network, network6, publicKey }: AdmittingHost,
  holders: ReadonlyMap<string, string>,
): TunnelReading {
  const read = readTunnel(access);
  if ("problem" in read) return read;
  const { tunnel } = read;
  if (tunnel.publicKey === publicKey) return { problem: "its key is the host's own" };
  for (const address of addressesOf(tunnel)) {
    const pool = address === tunnel.address ? network : network6;
    if (pool === undefined) return { problem: "it has an IPv6 address, and its host has none" };
    if (!isDeviceAddress(pool, address))
      return { problem: `"${address}" is not a device address of ${pool}` };
    const holder = holders.get(address) ?? tunnel.publicKey;
    if (holder !== tunnel.publicKey) return { problem: `${address} is held by the peer ${holder}` };
  }
  return read;
}
