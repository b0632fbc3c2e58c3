import { cryptobot } from "./cryptobot.ts";
import type { GatewayDriverKind } from "./gateway-driver.ts";
import { stars } from "./stars.ts";
import { tbank } from "./tbank.ts";
import { ton } from "./ton.ts";

/** The gateways for which histories are drawn. */
export const gatewayKinds: readonly GatewayDriverKind[] = [cryptobot, tbank, stars, ton];
