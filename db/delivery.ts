import { defineEntity, p } from "@mikro-orm/postgresql";

const DeliverySchema = defineEntity({
  name: "Delivery",
  tableName: "deliveries",
  properties: {
    key: p.text().primary(),
    telegramId: p.bigint("number"),
    /** Null when the person could not be reached. */
    messageId: p.bigint("number").nullable(),
    sentAt: p.datetime().defaultRaw("now()"),
  },
});

export class DeliveryRow extends DeliverySchema.class {}
DeliverySchema.setClass(DeliveryRow);
