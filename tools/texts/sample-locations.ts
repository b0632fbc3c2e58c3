import type { Location, LocationCode } from "../../domain/access/location.ts";
import { locationId } from "../../domain/ids.ts";

/** Two locations, of which one is only for those who have paid. */
export const sampleLocations: readonly Location[] = [
  {
    id: locationId("0190f5d8-7c4e-7b59-9c0c-3a1f0f6f7d01"),
    code: "nl" as LocationCode,
    flag: "🇳🇱",
    names: { en: "Netherlands", ru: "Нидерланды" },
    groups: ["europe"],
    order: 1,
    isHidden: false,
    audience: { kind: "all" },
  },
  {
    id: locationId("0190f5d8-7c4e-7b59-9c0c-3a1f0f6f7d02"),
    code: "jp" as LocationCode,
    flag: "🇯🇵",
    names: { en: "Japan", ru: "Япония" },
    groups: ["asia", "premium"],
    order: 2,
    isHidden: false,
    audience: { kind: "paying" },
  },
];
