import { defineEntity, p } from "@mikro-orm/postgresql";

/** Single facts about this installation, e.g. when it first started. */
export const SettingTable = defineEntity({
  name: "Setting",
  tableName: "settings",
  properties: {
    name: p.text().primary(),
    value: p.text(),
  },
});
