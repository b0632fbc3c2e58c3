import { isDeviceAddress } from "../../domain/address-pool.ts";
import { Refused } from "../refused.ts";
import type { Access, Peer } from "../vpn-host.ts";
import { isKey, publicKeyOf } from "./keys.ts";

export interface AdmittingHost {
  readonly network: string;
  readonly publicKey: string;
  /** Who is there already. */
  readonly peers: readonly Peer[];
}

/** What keeps this access off every host of these settings. No key is in the message. */
function flaw(tunnel: Access["tunnel"], host: AdmittingHost): string | undefined {
  if (!isKey(tunnel.publicKey)) return "its public key is not the base64 of 32 bytes";
  if (!isKey(tunnel.privateKey)) return "its private key is not the base64 of 32 bytes";
  if (!isKey(tunnel.presharedKey)) return "its preshared key is not the base64 of 32 bytes";
  if (publicKeyOf(tunnel.privateKey) !== tunnel.publicKey) return "its keys are no pair";
  if (tunnel.publicKey === host.publicKey) return "its key is the host's own";
  if (isDeviceAddress(host.network, tunnel.address)) return undefined;
  return `"${tunnel.address}" is no device address of ${host.network}`;
}

export interface Admission {
  readonly admitted: readonly Access[];
  /** One sentence each, for those that are broken or whose address is someone else's. */
  readonly refusals: readonly string[];
}

/**
 * Which of `wanted` may be put on a host that has `peers`. An address is never taken from a peer
 * that is not named here; devices that are named may trade theirs.
 */
export function admission(wanted: readonly Access[], host: AdmittingHost): Admission {
  const named = new Set(wanted.map(({ tunnel }) => tunnel.publicKey));
  const holders = new Map<string, string>();
  for (const { publicKey, addresses } of host.peers) {
    if (!named.has(publicKey)) for (const address of addresses) holders.set(address, publicKey);
  }
  const admitted: Access[] = [];
  const refusals: string[] = [];
  for (const access of wanted) {
    const { address, publicKey } = access.tunnel;
    const holder = holders.get(address) ?? publicKey;
    const wrong =
      flaw(access.tunnel, host) ??
      (holder === publicKey ? undefined : `${address} is held by the peer ${holder}`);
    if (wrong === undefined) {
      holders.set(address, publicKey);
      admitted.push(access);
    } else {
      refusals.push(`device ${access.deviceId}: ${wrong}`);
    }
  }
  return { admitted, refusals };
}

/** @throws Refused that tells the first few refusals. */
export function refuseIfAny(refusals: readonly string[]): void {
  if (refusals.length === 0) return;
  const more = refusals.length > 3 ? ` and ${refusals.length - 3} more` : "";
  throw new Refused(`${refusals.slice(0, 3).join("; ")}${more}`);
}
