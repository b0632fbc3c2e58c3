import { defineEntity, p } from "@mikro-orm/postgresql";
import { currencies } from "../../../domain/money.ts";
import { renewalKinds, starStates } from "../../../domain/payments/renewal.ts";

/** What we may tell Telegram of a subscription. */
const starCommands = ["active", "canceled"] as const;

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
    agreedAt: p.datetime(),
    /** The gateway that has saved the card. */
    cardGateway: p.text().nullable(),
    cardId: p.text().nullable(),
    /** Masked, as the gateway shows it. */
    cardPan: p.text().nullable(),
    cardExpires: p.text().nullable(),
    /** What charges the card, sealed. */
    cardEncrypted: p.text().nullable(),
    /** The charge that began the Stars subscription. */
    starsReference: p.text().nullable(),
    starsSince: p.datetime().nullable(),
    /** Until when Telegram has charged for it, where it says so. */
    starsUntil: p.datetime().nullable(),
    /** What Telegram has reported last, and the update that said so. */
    starsState: p.enum(starStates).nullable(),
    starsUpdate: p.bigint("number").default(0),
    /** What Telegram has to be told, and what it was told last. */
    starsWanted: p.enum(starCommands).nullable(),
    starsApplied: p.enum(starCommands).nullable(),
  },
});
