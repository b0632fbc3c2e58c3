import type { AccessTerms } from "../../../domain/access/host.ts";
import { toMs } from "../../../domain/time.ts";
import type { FoundUser, Panel, WantedUser } from "./panel.ts";

/** Panels that count in 32 bits know nothing behind 2038-01-19. */
const lastSecond = 2 ** 31 - 1;

/** When the right ends, in whole seconds since 1970; undefined: never. */
export const endSecondOf = ({ endsAt }: Pick<AccessTerms, "endsAt">): number | undefined =>
  endsAt === undefined ? undefined : Math.min(lastSecond, Math.floor(toMs(endsAt) / 1_000));

/** Whether a user is exactly so already, and is let in. */
export function isAsWanted(
  { state, terms, note, fault }: FoundUser,
  wanted: WantedUser,
  { limitsDevices }: Pick<Panel, "limitsDevices">,
): boolean {
  return (
    state === "active" &&
    fault === undefined &&
    note === wanted.note &&
    endSecondOf(terms) === endSecondOf(wanted.terms) &&
    terms.limitBytes === wanted.terms.limitBytes &&
    (!limitsDevices || terms.deviceLimit === wanted.terms.deviceLimit)
  );
}
