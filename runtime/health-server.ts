import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { collectDefaultMetrics, Registry } from "prom-client";

/** Rejects, or throws, with what is wrong when a part is not usable. */
export type ReadinessCheck = () => Promise<unknown>;

export interface HealthServerOptions {
  readonly host: string;
  readonly port: number;
  readonly registry: Registry;
  /** By name; all are asked for each `/readyz`. */
  readonly checks: Readonly<Record<string, ReadinessCheck>>;
  /** More metrics in the same text format, e.g. those of the Temporal SDK's own exporter. */
  readonly moreMetrics?: () => Promise<string>;
}

export interface HealthServer {
  readonly port: number;
  close(): Promise<void>;
}

const checkTimeoutMs = 3_000;

/**
 * What prom-client tells of each Node process, without its sampled delays of the event loop: every 10 ms, as is its
 * default, they take 0.6 % of a core of an idle process, and how often is looked is part of each figure.
 * `nodejs_eventloop_lag_seconds` is measured when somebody looks.
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
 * `/healthz` (this process runs), `/readyz` (it can do its work now), `/metrics` (Prometheus text).
 */
export async function serveHealth(options: HealthServerOptions): Promise<HealthServer> {
  const asked = cachedReadiness(options.checks);
  const server = createServer((request, response) => {
    const path = request.url?.split("?")[0];
    void answer({ ...options, asked }, path, response).catch(() => {
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

type Answering = HealthServerOptions & { readonly asked: () => Promise<Readiness> };

async function answer(options: Answering, path: string | undefined, response: ServerResponse) {
  switch (path ?? "") {
    case "/healthz":
      return send(response, 200, "application/json", JSON.stringify({ status: "ok" }));
    case "/readyz": {
      const { ready, parts } = await options.asked();
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

export interface Readiness {
  readonly ready: boolean;
  /** `ok` or `unavailable`, by name. */
  readonly parts: Readonly<Record<string, string>>;
}

const keptMs = 1_000;

/**
 * Whether all checks hold. However many ask, the checks are made once a second: strangers may ask, and each
 * check is a call to a server.
 */
export function cachedReadiness(checks: HealthServerOptions["checks"]): () => Promise<Readiness> {
  let kept: { readonly untilMs: number; readonly answer: Promise<Readiness> } | undefined;
  return () => {
    const now = performance.now();
    if (kept === undefined || now >= kept.untilMs) {
      kept = { untilMs: now + keptMs, answer: readiness(checks) };
    }
    return kept.answer;
  };
}

/** Asks all checks side by side, each for three seconds at most. */
async function readiness(checks: HealthServerOptions["checks"]): Promise<Readiness> {
  const states = Object.entries(checks).map(async ([name, check]) => {
    const problem = await withTimeout(asked(check)).then(
      () => undefined,
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    );
    return [name, problem === undefined ? "ok" : "unavailable"] as const;
  });
  const parts = Object.fromEntries(await Promise.all(states));
  return { ready: Object.values(parts).every((state) => state === "ok"), parts };
}

/** A check that throws at once is one that rejects. */
const asked = async (check: ReadinessCheck): Promise<unknown> => check();

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
