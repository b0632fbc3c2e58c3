import { type AddressInfo, createServer } from "node:net";
import { type LogEntry, Runtime } from "@temporalio/worker";
import type { Logger } from "../runtime/log.ts";

/** The Temporal SDK's telemetry. */
export interface Telemetry {
  /** The Temporal SDK's own metrics, in Prometheus' text format. */
  metrics(): Promise<string>;
}

/**
 * Sends the SDK's logs through our logger, and serves its metrics on a local port, whose text our
 * own metrics pass on.
 */
export async function installTelemetry(log: Logger): Promise<Telemetry> {
  const address = `127.0.0.1:${await findFreePort()}`;
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

/** Logs an entry of the SDK, with its fields named as in our other logs. */
function write(log: Logger, { level: levelName, message, meta }: Entry): void {
  const level = levels[levelName];
  // The SDK logs every activity's start and end, with all fields, even at a level that is off.
  if (!log.isLevelEnabled(level)) return;
  // The reconcilers' worker has no workflows on purpose.
  if (message.startsWith("No workflows registered")) return;
  // Logged in words by `logFailures`.
  if (message === "Activity failed") return;
  const { workflowId, runId, workflowType, activityType, activityId, attempt, error, ...rest } =
    (meta ?? {}) as Record<string, unknown>;
  const ids = { workflowId, runId, workflowType, activityType, activityId, attempt };
  const reason =
    error instanceof Error ? { error: { message: error.message, stack: error.stack } } : {};
  log[level]({ ...ids, ...pickPlain(rest), ...reason }, message);
}

/** Plain values only: the SDK passes whole objects that should not be logged. */
function pickPlain(fields: Record<string, unknown>): Record<string, unknown> {
  const plain = ["string", "number", "boolean"];
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => plain.includes(typeof value)),
  );
}

function findFreePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
