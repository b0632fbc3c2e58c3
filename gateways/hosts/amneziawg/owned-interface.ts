import { headerText } from "./parameters.ts";
import type { AmneziaWgSettings } from "./settings.ts";
import { toHex } from "./uapi-device.ts";
import type { Entry } from "./uapi.ts";

/**
 * The UAPI lines that an interface of our own is kept at, one per value;
 * empty where it is not ours.
 */
export function ownedInterface({
  owned,
  parameters,
}: Pick<AmneziaWgSettings, "owned" | "parameters">): readonly Entry[] {
  if (owned === undefined) return [];
  const { jc, jmin, jmax, s1, s2, s3, s4, h1, h2, h3, h4, i } = parameters;
  const numbers = { listen_port: owned.listenPort, jc, jmin, jmax, s1, s2, s3, s4 };
  // Values persist, so a packet that is not wanted is set to an empty value.
  const imitations = [0, 1, 2, 3, 4].map((index): Entry => [`i${index + 1}`, i[index] ?? ""]);
  return [
    ["private_key", toHex(owned.privateKey)],
    ...Object.entries(numbers).map(([name, value]): Entry => [name, `${value}`]),
    ...Object.entries({ h1, h2, h3, h4 }).map(([name, range]): Entry => [name, headerText(range)]),
    ...imitations,
  ];
}
