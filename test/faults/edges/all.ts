import { cryptobot } from "./cryptobot.ts";
import type { EdgeKind } from "./edge.ts";
import { stars } from "./stars.ts";
import { tbank } from "./tbank.ts";
import { ton } from "./ton.ts";

/** Every gateway that histories are drawn of, one a line. */
export const edgeKinds: readonly EdgeKind[] = [cryptobot, tbank, stars, ton];
