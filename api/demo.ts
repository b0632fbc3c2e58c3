import { type Request, type Response, Router } from "express";
import { createProxyMiddleware } from "http-proxy-middleware";
import type { ApiConfiguration } from "./config.ts";
import { demoFaults } from "./demo-faults.ts";
import { answerProxyError } from "./proxy-error.ts";

type DemoConfiguration = Pick<
  ApiConfiguration,
  | "DEMO_TELEGRAM_URL"
  | "DEMO_GATEWAYS"
  | "DEMO_VPN_CLIENT_URL"
  | "DEMO_ADMIN_ID"
  | "DEMO_VPN_HOST"
  | "TEMPORAL_UI_URL"
  | "TEMPORAL_NAMESPACE"
  | "METRICS_URL"
>;

/**
 * The paths of the Telegram emulator that the page may reach:
 * the person's side, and nothing of the bot's.
 */
const personPath = /^\/person(\/|$)/u;

/**
 * The demo's routes to its emulators, on the page's own origin. Without an emulator (a real bot is
 * connected) everything below /demo answers 404.
 */
export function demo(configuration: DemoConfiguration): Router {
  const { DEMO_TELEGRAM_URL: telegram, DEMO_VPN_CLIENT_URL: vpnClient } = configuration;
  const gateways = configuration.DEMO_GATEWAYS;
  const router = Router();
  if (telegram === undefined) {
    return router.use((_request, response) => {
      response.status(404).json({ error: "The demo is off: a real bot is connected." });
    });
  }
  router.use(requireSameSite);
  router.get("/info", (_request, response) => {
    response.json({
      adminId: configuration.DEMO_ADMIN_ID,
      vpnHost: configuration.DEMO_VPN_HOST,
      tryKey: vpnClient !== undefined && configuration.DEMO_VPN_HOST === "amneziawg",
      gateways: gateways.map(({ url: _url, ...shown }) => shown),
      temporalUi: configuration.TEMPORAL_UI_URL,
      temporalNamespace: configuration.TEMPORAL_NAMESPACE,
      metrics: configuration.METRICS_URL,
    });
  });
  router.use("/telegram", (request, response, next) => {
    const requested = URL.parse(request.url, telegram);
    if (requested === null || !personPath.test(requested.pathname)) {
      return void response.status(404).json({ error: "Only the person's side is served here." });
    }
    // The emulator gets exactly the path that was checked, with any `..` resolved.
    request.url = `${requested.pathname}${requested.search}`;
    next();
  });
  router.use(
    "/telegram",
    createProxyMiddleware({ target: telegram, on: { error: answerProxyError } }),
  );
  router.use(demoFaults(new Map(gateways.map(({ name, url }) => [name, url]))));
  if (vpnClient !== undefined) {
    router.use(
      "/vpn-client",
      createProxyMiddleware({ target: vpnClient, on: { error: answerProxyError } }),
    );
  }
  return router;
}

const ownNames = new Set(["localhost", "127.0.0.1", "[::1]", "::1"]);

/**
 * Another site's page in the same browser must not act for the person, not even under its own name
 * that resolves to this machine (DNS rebinding): the demo answers on this machine only.
 */
function requireSameSite(request: Request, response: Response, next: () => void): void {
  const site = request.get("sec-fetch-site");
  const isSameSite = site === undefined || site === "same-origin" || site === "none";
  if (isSameSite && ownNames.has(request.hostname)) return next();
  response.status(403).json({ error: "The demo answers its own page only." });
}
