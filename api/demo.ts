import { type Request, type Response, Router } from "express";
import { createProxyMiddleware } from "http-proxy-middleware";
import type { ApiConfiguration } from "./config.ts";
import { demoFaults, emulatedGateways, type EmulatorAddresses } from "./demo-faults.ts";
import { proxyFailed } from "./proxy-failed.ts";

type DemoConfiguration = EmulatorAddresses &
  Pick<
    ApiConfiguration,
    | "DEMO_VPN_CLIENT_URL"
    | "DEMO_ADMIN_ID"
    | "DEMO_VPN_HOST"
    | "TEMPORAL_UI_URL"
    | "TEMPORAL_NAMESPACE"
    | "METRICS_URL"
  >;

/** What the page may reach of Telegram: the person's side, and nothing of the bot's. */
const personsSide = /^\/person(\/|$)/u;

/**
 * The demo's way to its emulators, on the page's own origin. Without an emulator (a real bot is
 * connected) everything below /demo answers 404.
 */
export function demo(configuration: DemoConfiguration): Router {
  const { DEMO_TELEGRAM_URL: telegram, DEMO_VPN_CLIENT_URL: vpnClient } = configuration;
  const gateways = emulatedGateways(configuration);
  const router = Router();
  if (telegram === undefined) {
    return router.use((_request, response) => {
      response.status(404).json({ error: "The demo is off: a real bot is connected." });
    });
  }
  router.use(sameSite);
  router.get("/info", (_request, response) => {
    response.json({
      adminId: configuration.DEMO_ADMIN_ID,
      vpnHost: configuration.DEMO_VPN_HOST,
      tryKey: vpnClient !== undefined && configuration.DEMO_VPN_HOST === "amneziawg",
      gateways: [...gateways.keys()],
      temporalUi: configuration.TEMPORAL_UI_URL,
      temporalNamespace: configuration.TEMPORAL_NAMESPACE,
      metrics: configuration.METRICS_URL,
    });
  });
  router.use("/telegram", (request, response, next) => {
    const asked = URL.parse(request.url, telegram);
    if (asked === null || !personsSide.test(asked.pathname)) {
      return void response.status(404).json({ error: "Only the person's side is served here." });
    }
    // What was looked at is what is handed on: no `..` is left for the emulator to work out.
    request.url = `${asked.pathname}${asked.search}`;
    next();
  });
  router.use("/telegram", createProxyMiddleware({ target: telegram, on: { error: proxyFailed } }));
  router.use(demoFaults(gateways));
  if (vpnClient !== undefined) {
    router.use(
      "/vpn-client",
      createProxyMiddleware({ target: vpnClient, on: { error: proxyFailed } }),
    );
  }
  return router;
}

const ownNames = new Set(["localhost", "127.0.0.1", "[::1]", "::1"]);

/**
 * Another site's page in the same browser must not speak for the person, also not under a name of its own that
 * leads here (DNS rebinding): the demo is reached on this machine alone.
 */
function sameSite(request: Request, response: Response, next: () => void): void {
  const site = request.get("sec-fetch-site");
  const own = site === undefined || site === "same-origin" || site === "none";
  if (own && ownNames.has(request.hostname)) return next();
  response.status(403).json({ error: "The demo answers its own page only." });
}
