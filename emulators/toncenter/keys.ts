import { createHash } from "node:crypto";
import { type KeyPair, keyPairFromSeed } from "@ton/crypto";

/**
 * The key pair of a person of this emulator, by name. Anybody can compute it: it holds no money
 * outside of this machine, and a restart has to find the same wallets.
 */
export function playKeys(name: string): KeyPair {
  return keyPairFromSeed(createHash("sha256").update(`toncenter emulator: ${name}`).digest());
}
