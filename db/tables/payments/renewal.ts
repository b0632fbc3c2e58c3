import { defineEntity, p } from "@mikro-orm/postgresql";
import { currencies } from "../../../domain/money.ts";
import { renewalKinds } from "../../../domain/payments/renewal.ts";

export const RenewalTable = defineEntity({
  name: "Renewal",
  tableName: "renewals",
  properties: {
    subscriptionId: p.uuid().primary(),
    kind: p.enum(renewalKinds),
    isOn: p.boolean(),
    plan: p.text(),
    /** The price that the customer has agreed to. */
    priceMinor: p.bigint("number"),
    currency: p.enum(currencies),
    /** How many devices the plan was for then. Null: the consent is older than this column. */
    deviceLimit: p.integer().nullable(),
    agreedAt: p.datetime(),
    /** The gateway that has saved the card. */
    cardGateway: p.text().nullable(),
    cardId: p.text().nullable(),
    /** Masked, as the gateway shows it. */
    cardPan: p.text().nullable(),
    cardExpires: p.text().nullable(),
    /** What charges the card, sealed. */
    cardEncrypted: p.text().nullable(),
  },
});
