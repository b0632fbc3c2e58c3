import { cryptobot } from "./cryptobot.ts";
import type { GatewayDriverKind } from "./gateway-driver.ts";
import { stars } from "./stars.ts";
import { tbank } from "./tbank.ts";
import { ton } from "./ton.ts";

/** Every gateway that histories are drawn of, one a line. */
export const edgeKinds: readonly GatewayDriverKind[] = [cryptobot, tbank, stars, ton];
