import { defineEntity, p } from "@mikro-orm/postgresql";
import { cardConsentStates } from "../../../domain/payments/renewal.ts";

export const CardConsentTable = defineEntity({
  name: "CardConsent",
  tableName: "card_consents",
  properties: {
    /** The order whose payment lets the gateway save the card: the gateway knows the card by it. */
    orderId: p.uuid().primary(),
    subscriptionId: p.uuid(),
    gateway: p.text(),
    state: p.enum(cardConsentStates),
    since: p.datetime(),
  },
});
