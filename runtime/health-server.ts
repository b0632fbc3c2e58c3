import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { collectDefaultMetrics, Registry } from "prom-client";

/** Rejects or throws, with the reason, when a part cannot be used. */
export type ReadinessCheck = () => Promise<unknown>;

/** Where the health server listens, and what it serves. */
export interface HealthServerOptions {
  readonly host: string;
  readonly port: number;
  readonly registry: Registry;
  /** By name; `/readyz` runs all of them. */
  readonly checks: Readonly<Record<string, ReadinessCheck>>;
  /** More metrics in the same text format, e.g. those of the Temporal SDK's own exporter. */
  readonly moreMetrics?: () => Promise<string>;
}

/** A running health server. */
export interface HealthServer {
  readonly port: number;
  /** Stops listening, and cuts off requests that are still being answered. */
  close(): Promise<void>;
}

const checkTimeoutMs = 3_000;

/**
 * A registry with prom-client's metrics of a Node process, except its sampled delays of the event
 * loop: at its default of 10 ms they take 0.6 % of a core of an idle process, and the sampling
 * distorts the figures. `nodejs_eventloop_lag_seconds` is measured when it is read.
 */
export function processRegistry(process: "api" | "bot" | "worker"): Registry {
  const registry = new Registry();
  registry.setDefaultLabels({ process });
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: 60_000 });
  for (const figure of ["min", "max", "mean", "stddev", "p50", "p90", "p99"])
    registry.removeSingleMetric(`nodejs_eventloop_lag_${figure}_seconds`);
  return registry;
}

/**
 * Serves `/healthz` (this process runs), `/readyz` (it can do its work now) and `/metrics`
 * (Prometheus text). @throws Error that names METRICS_PORT when the port is taken.
 */
export async function serveHealth(options: HealthServerOptions): Promise<HealthServer> {
  const readReadiness = cachedReadiness(options.checks);
  const server = createServer((request, response) => {
    const path = request.url?.split("?")[0];
    void answer({ ...options, readReadiness }, path, response).catch(() => {
      if (!response.headersSent) response.writeHead(500);
      response.end();
    });
  });
  await listen(server, options);
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}

type AnswerOptions = HealthServerOptions & { readonly readReadiness: () => Promise<Readiness> };

async function answer(options: AnswerOptions, path: string | undefined, response: ServerResponse) {
  switch (path ?? "") {
    case "/healthz":
      return send(response, 200, "application/json", JSON.stringify({ status: "ok" }));
    case "/readyz": {
      const { ready, parts } = await options.readReadiness();
      const status = ready ? "ready" : "not ready";
      return send(
        response,
        ready ? 200 : 503,
        "application/json",
        JSON.stringify({ status, parts }),
      );
    }
    case "/metrics": {
      const own = await options.registry.metrics();
      const more = await options.moreMetrics?.().catch(() => "");
      return send(response, 200, options.registry.contentType, `${own}\n${more ?? ""}`);
    }
    default:
      return send(response, 404, "text/plain", "Not found: /healthz, /readyz, /metrics\n");
  }
}

/** Whether the process can do its work now. */
export interface Readiness {
  readonly ready: boolean;
  /** `ok` or `unavailable`, by name. */
  readonly parts: Readonly<Record<string, string>>;
}

const cacheMs = 1_000;

/**
 * Whether all checks pass. The checks run at most once a second, however often they are read:
 * anybody may ask, and each check is a call to a server.
 */
export function cachedReadiness(checks: HealthServerOptions["checks"]): () => Promise<Readiness> {
  let cached: { readonly untilMs: number; readonly answer: Promise<Readiness> } | undefined;
  return () => {
    const now = performance.now();
    if (cached === undefined || now >= cached.untilMs) {
      cached = { untilMs: now + cacheMs, answer: runChecks(checks) };
    }
    return cached.answer;
  };
}

/** Runs all checks in parallel, each with a timeout of three seconds. */
async function runChecks(checks: HealthServerOptions["checks"]): Promise<Readiness> {
  const states = Object.entries(checks).map(async ([name, check]) => {
    const problem = await withTimeout(runCheck(check)).then(
      () => undefined,
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    );
    return [name, problem === undefined ? "ok" : "unavailable"] as const;
  });
  const parts = Object.fromEntries(await Promise.all(states));
  return { ready: Object.values(parts).every((state) => state === "ok"), parts };
}

/** Turns a check that throws into one that rejects. */
const runCheck = async (check: ReadinessCheck): Promise<unknown> => check();

async function withTimeout(check: Promise<unknown>): Promise<unknown> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error("no answer")), checkTimeoutMs);
  });
  return Promise.race([check, late]).finally(() => clearTimeout(timer));
}

function send(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, { "content-type": type }).end(body);
}

function listen(server: Server, { host, port }: HealthServerOptions): Promise<void> {
  return new Promise((listening, failed) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const taken = error.code === "EADDRINUSE";
      failed(taken ? new Error(`METRICS_PORT: port ${port} is taken: choose another`) : error);
    });
    server.listen(port, host, () => listening());
  });
}
