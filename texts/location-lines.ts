import type { LocationLabel } from "../domain/access/location.ts";
import type { LocationNotice } from "../domain/messaging/location-notice.ts";
import type { Language } from "../domain/people/customer.ts";
import type { Texts } from "./en/index.ts";

/** A location as people read it. */
export const labelIn = (language: Language, { flag, names }: LocationLabel): string =>
  `${flag} ${names[language]}`;

/** What came of a pick, in a sentence or two. */
export function locationOutcome(
  words: Texts["access"]["location"],
  { outcome, name, location, mostMoves = 0 }: LocationNotice,
  placeOf: (location: LocationLabel) => string,
): string {
  const place = location === undefined ? words.any : placeOf(location);
  switch (outcome) {
    case "notOffered":
      return words.notOffered;
    case "limit":
      return words.limit(mostMoves);
    case "waits":
    case "same":
    case "stays":
    case "noRoom":
    case "moving":
      return words[outcome](name, place);
  }
}
