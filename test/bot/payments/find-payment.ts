import { eventually } from "../../drivers/eventually.ts";
import type { Person } from "../../drivers/person.ts";

/** Sends the admin's /payment; resolves with the card that answers it. */
export async function findPayment(admin: Person, wanted: string, id: string) {
  const before = (await admin.chat()).length;
  await admin.send(`/payment ${wanted}`);
  return eventually(async () => {
    const fresh = (await admin.chat()).slice(before);
    const card = fresh.find(({ text }) => text?.includes(`Payment ${id.slice(0, 8)}`));
    if (card === undefined) throw new Error(fresh.map(({ text }) => text).join(" | "));
    return card;
  });
}
