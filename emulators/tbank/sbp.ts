import { createHash } from "node:crypto";
import type { Payment } from "./payments.ts";
import { Refusal } from "./refusal.ts";

const minKopecks = 1_000;
const maxKopecks = 100_000_000;

/** Why SBP cannot pay this, or undefined when it can. There are no two stages with SBP. */
export function sbpRefusal({ amount, stages }: Payment, isOn: boolean): Refusal | undefined {
  if (!isOn) return new Refusal("3001");
  if (stages === 2) return new Refusal("3001", "SBP has one stage");
  return amount < minKopecks || amount > maxKopecks ? new Refusal("3016") : undefined;
}

/**
 * What the QR says. The real one leads to the payer's bank by way of qr.nspk.ru; this one has the
 * same form and leads here, so that it sends nobody to a bank.
 */
export function payloadOf({ key, amount, id }: Payment, publicUrl: string): string {
  const checksum = createHash("sha256").update(id).digest("hex").slice(0, 4).toUpperCase();
  const query = `type=02&bank=100000000004&sum=${amount}&cur=RUB&crc=${checksum}`;
  return `${publicUrl}/pay/${key}?${query}`;
}
