import { type AddressInfo, createServer } from "node:net";
import { type LogEntry, Runtime } from "@temporalio/worker";
import type { Logger } from "../runtime/log.ts";

export interface Telemetry {
  /** The Temporal SDK's own metrics, in Prometheus' text format. */
  metrics(): Promise<string>;
}

/** Sends the SDK's logs through ours and opens its metrics on a port of their own, which ours passes on. */
export async function installTelemetry(log: Logger): Promise<Telemetry> {
  const address = `127.0.0.1:${await freePort()}`;
  Runtime.install({
    logger: {
      log: (level, message, meta) => write(log, { level, message, meta }),
      trace: (message, meta) => write(log, { level: "TRACE", message, meta }),
      debug: (message, meta) => write(log, { level: "DEBUG", message, meta }),
      info: (message, meta) => write(log, { level: "INFO", message, meta }),
      warn: (message, meta) => write(log, { level: "WARN", message, meta }),
      error: (message, meta) => write(log, { level: "ERROR", message, meta }),
    },
    shutdownSignals: [],
    telemetryOptions: { metrics: { prometheus: { bindAddress: address } } },
  });
  return {
    metrics: async () => {
      const response = await fetch(`http://${address}/metrics`, {
        signal: AbortSignal.timeout(2_000),
      });
      return response.text();
    },
  };
}

type Entry = Pick<LogEntry, "level" | "message"> & { readonly meta?: object | undefined };

const levels = {
  TRACE: "trace",
  DEBUG: "debug",
  INFO: "info",
  WARN: "warn",
  ERROR: "error",
} as const;

/** The SDK's fields by the names that our other logs use. */
function write(log: Logger, { level: named, message, meta }: Entry): void {
  const level = levels[named];
  // The SDK tells of every step's beginning and end, with all its fields, also where nobody reads it.
  if (!log.isLevelEnabled(level)) return;
  // The reconcilers' worker has loops alone, and no workflows: so it is meant.
  if (message.startsWith("No workflows registered")) return;
  const { workflowId, runId, workflowType, activityType, activityId, attempt, error, ...rest } =
    (meta ?? {}) as Record<string, unknown>;
  const ids = { workflowId, runId, workflowType, activityType, activityId, attempt };
  const reason =
    error instanceof Error ? { error: { message: error.message, stack: error.stack } } : {};
  log[level]({ ...ids, ...pick(rest), ...reason }, message);
}

/** Plain values only: the SDK hands over whole objects that no log should hold. */
function pick(fields: Record<string, unknown>): Record<string, unknown> {
  const plain = ["string", "number", "boolean"];
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => plain.includes(typeof value)),
  );
}

function freePort(): Promise<number> {
  return new Promise((found, failed) => {
    const server = createServer();
    server.once("error", failed);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => found(port));
    });
  });
}
