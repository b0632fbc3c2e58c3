import { hours, minutes } from "../counts.ts";

/** What customers read of a maintenance of their server. */
export const maintenance = {
  usual:
    "🛠 <b>We are working on your server.</b> The connection may be off meanwhile. Your keys stay the same.",
  own: (text: string) => `🛠 ${text}`,
  until: (at: string) => `It should be over by ${at}.`,
  waits: "Auto-renewal waits until it is over: nothing is charged before that.",
  /** Without minutes, or without hours. */
  duration: (h: number, m: number) =>
    [...(h > 0 ? [hours(h)] : []), ...(m > 0 ? [minutes(m)] : [])].join(" "),
  givenBack: (time: string, until: string) =>
    `🎁 <b>The time of the maintenance is back: ${time}.</b> Your access now runs until ${until}.`,
};

/** The type of these texts, which every language has. */
export type MaintenanceTexts = typeof maintenance;
