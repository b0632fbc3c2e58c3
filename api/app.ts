import express, { type ErrorRequestHandler, type Express } from "express";
import { Histogram, type Registry } from "prom-client";
import type { DurableClient } from "../client/durable.ts";
import { connectWebhooks } from "../gateways/payments/webhooks.ts";
import { cachedReadiness, type ReadinessCheck } from "../runtime/health-server.ts";
import type { Logger } from "../runtime/log.ts";
import { endUnread } from "./body.ts";
import type { ApiConfiguration } from "./config.ts";
import { demo } from "./demo.ts";
import { type LinkPorts, links } from "./links/links.ts";
import { page } from "./page.ts";
import { status, type StatusPorts } from "./status/status.ts";
import { webhook, webhookOutcomes } from "./webhook.ts";
import { telegramWebhook } from "./webhooks/telegram.ts";

/** What the api answers with. */
export interface ApiPorts {
  readonly log: Logger;
  readonly registry: Registry;
  readonly checks: Readonly<Record<string, ReadinessCheck>>;
  readonly client: DurableClient;
  /** What the status page reads; without it there is none. */
  readonly status?: StatusPorts;
  /** What links read; without them, or without a public URL, there are none. */
  readonly links?: Pick<LinkPorts, "links" | "shop" | "limits">;
}

/** Everything that can be reached from outside: health, webhooks, the demo, the page. */
export function createApi(configuration: ApiConfiguration, ports: ApiPorts): Express {
  const app = express().disable("x-powered-by");
  app.use(secureHeaders, endUnread, measureRequests(ports));
  app.get("/healthz", (_request, response) => void response.json({ status: "ok" }));
  const readReadiness = cachedReadiness(ports.checks);
  app.get("/readyz", async (_request, response) => {
    const { ready, parts } = await readReadiness();
    response.status(ready ? 200 : 503).json({ status: ready ? "ready" : "not ready", parts });
  });
  if (configuration.BOT_WEBHOOK_URL !== undefined) {
    app.use(telegramWebhook(configuration.BOT_WEBHOOK_URL));
  }
  const webhookPorts = { client: ports.client, outcomes: webhookOutcomes(ports.registry) };
  for (const reader of connectWebhooks(configuration).readers) {
    app.use(webhook(reader, webhookPorts));
  }
  const { PUBLIC_URL: publicUrl } = configuration;
  if (publicUrl !== undefined && ports.links !== undefined) {
    const { client, registry } = ports;
    app.use(links(publicUrl, { ...ports.links, client, registry }));
  }
  if (ports.status !== undefined) app.use(status(ports.status));
  app.use("/demo", pageOrDemo(configuration));
  if (configuration.WEB_DIST !== undefined) {
    app.use(page(configuration.WEB_DIST));
  }
  app.use((_request, response) => void response.status(404).json({ error: "Not found" }));
  app.use(answerErrors(ports.log));
  return app;
}

/** /demo itself is the page; the paths below it belong to the demo's emulators. */
function pageOrDemo(configuration: ApiConfiguration): express.Router {
  const router = express.Router();
  router.get("/", (_request, response) => response.redirect("/"));
  return router.use(demo(configuration));
}

const policy = [
  "default-src 'self'",
  "img-src 'self' data: blob:",
  "style-src 'self' 'unsafe-inline'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
  "form-action 'self'",
].join("; ");

const secureHeaders: express.RequestHandler = (_request, response, next) => {
  response.set({
    "content-security-policy": policy,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
  });
  next();
};

function measureRequests({ registry, log }: ApiPorts): express.RequestHandler {
  const durations = new Histogram({
    name: "api_request_seconds",
    help: "Requests by method and status",
    labelNames: ["method", "status"],
    registers: [registry],
  });
  return (request, response, next) => {
    const started = performance.now();
    response.on("finish", () => {
      const seconds = (performance.now() - started) / 1_000;
      const { method } = request;
      const path = loggedPath(request);
      durations.observe({ method, status: response.statusCode }, seconds);
      log.debug({ method, path, status: response.statusCode, seconds }, "request");
    });
    next();
  };
}

/** A link's token is a key: it stays out of the log, whatever stands around it. */
const loggedPath = ({ originalUrl }: express.Request): string =>
  originalUrl
    .replace(/\?.*$/su, "")
    .replace(/^(\/+[sf]\/).+$/isu, "$1…")
    .replaceAll(/[\w-]{32,}/gu, "…");

/** Answers a bad request with 4xx, and everything else with 503, since the client may try again. */
function answerErrors(log: Logger): ErrorRequestHandler {
  return (error: unknown, request, response, next) => {
    if (response.headersSent) return next(error);
    const status = (error as { status?: unknown }).status;
    const isBadRequest = typeof status === "number" && status >= 400 && status < 500;
    if (!isBadRequest) {
      const reason = error instanceof Error ? error.message : String(error);
      const path = loggedPath(request);
      log.error({ method: request.method, path, reason }, "a request failed");
    }
    response
      .status(isBadRequest ? status : 503)
      .json({ error: isBadRequest ? "Bad request" : "Not available just now; try again" });
  };
}
