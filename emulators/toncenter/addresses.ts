import { Address, type ExternalAddress } from "@ton/core";

type Party = Address | ExternalAddress | null | undefined;

/** As v3 writes addresses: `workchain:HEX` in capitals; null where the chain has none. */
export const rawOf = (party: Party): string | null =>
  Address.isAddress(party) ? accountOf(party) : null;

/** An account as v3 writes it: `workchain:HEX` in capitals. */
export const accountOf = (address: Address): string => address.toRawString().toUpperCase();

/** As v2 writes them; empty where the chain has none. */
export const friendlyOf = (party: Party): string =>
  Address.isAddress(party) ? party.toString() : "";

/** Any of an address's spellings; undefined for anything else. */
export function readAddress(text: string): Address | undefined {
  try {
    return Address.parse(text.replaceAll("+", "-").replaceAll("/", "_"));
  } catch {
    try {
      return Address.parse(text);
    } catch {
      return undefined;
    }
  }
}
