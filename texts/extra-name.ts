import type { Extra } from "../domain/payments/payment.ts";
import type { Language } from "../domain/people/customer.ts";
import type { Instant } from "../domain/time.ts";
import { bytesIn, textsIn } from "./index.ts";

/** What is bought beside the plans. `day` writes when it ends; without it, the end is left out. */
export function extraName(
  language: Language,
  extra: Extra,
  day: (at: Instant) => string | undefined = () => undefined,
): string {
  const { topUp, addOn } = textsIn(language).payments;
  switch (extra.kind) {
    case "topUp":
      return topUp.title;
    case "traffic":
      return addOn.trafficName(bytesIn(language, extra.bytes));
    case "device":
      return addOn.deviceName(day(extra.until));
  }
}
