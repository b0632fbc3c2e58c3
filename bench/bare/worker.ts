// The bare workflow's worker, with the options, logs and metrics of workers/worker.ts.
import { fileURLToPath } from "node:url";
import { NativeConnection, Worker } from "@temporalio/worker";
import { createLogger } from "../../runtime/log.ts";
import { type Running, runProcess } from "../../runtime/process.ts";
import { temporalOptions } from "../../runtime/temporal.ts";
import { installTelemetry } from "../../workers/telemetry.ts";
import { probe } from "../payments/probe.ts";
import { bareActivities } from "./activities.ts";
import { bareTaskQueue } from "./bare-side.ts";

async function start(): Promise<Running> {
  await installTelemetry(createLogger("bare", "info"));
  const { connectionOptions, namespace } = temporalOptions();
  const connection = await NativeConnection.connect(connectionOptions);
  const worker = await Worker.create({
    connection,
    namespace,
    taskQueue: bareTaskQueue,
    workflowsPath: fileURLToPath(new URL("./workflow.ts", import.meta.url)),
    activities: bareActivities,
    interceptors: probe,
    maxCachedWorkflows: 100,
    maxConcurrentActivityTaskExecutions: 50,
  });
  const ended = worker.run();
  return {
    stop: async () => {
      worker.shutdown();
      await ended;
      await connection.close();
    },
  };
}

await runProcess(start);
