import { partsOf, type SettingKey, type SettingNoun } from "../domain/operations/shop-settings.ts";

/** The parts in which a phone shows the shop's settings, those that change most often first. */
export const settingSections = ["newcomers", "payments", "notices", "shop", "texts"] as const;

/** One of `settingSections`. */
export type SettingSection = (typeof settingSections)[number];

const sections: Readonly<Record<SettingNoun, SettingSection>> = {
  trial: "newcomers",
  "trial-devices": "newcomers",
  channels: "newcomers",
  gateways: "payments",
  currencies: "payments",
  "top-ups": "payments",
  "top-up-limits": "payments",
  "sale-notices": "notices",
  "summary-hour": "notices",
  "location-changes": "shop",
  maintenance: "shop",
  "status-page": "shop",
  name: "shop",
  support: "shop",
  zone: "shop",
  terms: "texts",
  privacy: "texts",
  "maintenance-text": "texts",
};

/** The section of a setting. */
export const sectionOf = (key: SettingKey): SettingSection => sections[partsOf(key).noun];
