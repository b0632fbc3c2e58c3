import { createServer, type ServerResponse } from "node:http";
import { UserError } from "../servers/process.ts";
import { mergeMetrics } from "./metrics.ts";
import { respondsOk } from "./product-process.ts";
import type { Supervisor } from "./supervisor.ts";

/**
 * Serves the state of the whole on 127.0.0.1: /metrics (all processes on one page), /healthz (this
 * starter runs) and /readyz (200 when every service does its work, else 503;
 * the body names each one's state).
 * @throws UserError when the port is taken.
 */
export function serveStatus(port: number, supervisor: Supervisor): Promise<void> {
  const server = createServer((request, response) => {
    const path = (request.url ?? "").split("?")[0];
    void answer(supervisor, path, response).catch(() => response.destroy());
  });
  return new Promise((resolve, reject) => {
    server.once("error", () =>
      reject(new UserError(`port ${port} is taken: set METRICS_PORT to another`)),
    );
    server.listen(port, "127.0.0.1", () => resolve());
  });
}

async function answer(
  supervisor: Supervisor,
  path: string | undefined,
  to: ServerResponse,
): Promise<void> {
  if (path === "/metrics") {
    to.setHeader("content-type", "text/plain; version=0.0.4; charset=utf-8");
    return void to.end(mergeMetrics(await fetchPages(supervisor)));
  }
  if (path === "/healthz") return sendJson(to, 200, { status: "ok" });
  if (path !== "/readyz")
    return sendJson(to, 404, { error: "there are /metrics, /healthz and /readyz" });
  const parts = await readStates(supervisor);
  const ready = Object.values(parts).every((state) => state === "ready");
  sendJson(to, ready ? 200 : 503, { status: ready ? "ready" : "not ready", parts });
}

function sendJson(to: ServerResponse, status: number, body: object): void {
  to.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

async function fetchPages({ started }: Supervisor): Promise<Map<string, string>> {
  const origins = [...started].flatMap(([name, { metrics }]) =>
    metrics ? [[name, metrics] as const] : [],
  );
  const found = await Promise.all(
    origins.map(async ([name, origin]) => [name, await fetchPage(`${origin}/metrics`)] as const),
  );
  return new Map(found);
}

/** Empty when the process does not answer. */
async function fetchPage(url: string): Promise<string> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(3_000) });
    return response.ok ? await response.text() : "";
  } catch {
    return "";
  }
}

async function readStates({ names, started, down }: Supervisor): Promise<Record<string, string>> {
  const states = names.map(async (name) => {
    if (down.has(name)) return [name, "down"] as const;
    const service = started.get(name);
    if (service === undefined) return [name, "starting"] as const;
    const ready = service.health === undefined || (await respondsOk(`${service.health}/readyz`));
    return [name, ready ? "ready" : "not ready"] as const;
  });
  return Object.fromEntries(await Promise.all(states));
}
