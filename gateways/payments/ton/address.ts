import { Address } from "@ton/core";

/** An address in any of its forms; undefined for anything else. */
export function addressIn(text: string): Address | undefined {
  try {
    const address = Address.parse(text.trim());
    return address.workChain === 0 || address.workChain === -1 ? address : undefined;
  } catch {
    return undefined;
  }
}

/** Whether the form itself says that it is for test networks only (kQ…, 0Q…). */
export const isForTests = (text: string): boolean =>
  Address.isFriendly(text.trim()) && Address.parseFriendly(text.trim()).isTestOnly;

/** The chain's own form, one for each address. */
export const rawOf = (address: Address): string => address.toRawString();
