import { createServer, type ServerResponse } from "node:http";
import { UserError } from "../servers/process.ts";
import { mergedMetrics } from "./metrics.ts";
import { respondsOk } from "./product-process.ts";
import type { Supervisor } from "./supervisor.ts";

/**
 * Serves on 127.0.0.1 what one asks of the whole: /metrics of all processes in one page, /healthz
 * (this starter runs) and /readyz (all parts do their work; 503 with the ones that do not).
 * @throws Advice when the port is taken.
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
    return void to.end(mergedMetrics(await pages(supervisor)));
  }
  if (path === "/healthz") return json(to, 200, { status: "ok" });
  if (path !== "/readyz")
    return json(to, 404, { error: "there are /metrics, /healthz and /readyz" });
  const parts = await states(supervisor);
  const ready = Object.values(parts).every((state) => state === "ready");
  json(to, ready ? 200 : 503, { status: ready ? "ready" : "not ready", parts });
}

function json(to: ServerResponse, status: number, body: object): void {
  to.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

async function pages({ started }: Supervisor): Promise<Map<string, string>> {
  const origins = [...started].flatMap(([name, { metrics }]) =>
    metrics ? [[name, metrics] as const] : [],
  );
  const found = await Promise.all(
    origins.map(async ([name, origin]) => [name, await page(`${origin}/metrics`)] as const),
  );
  return new Map(found);
}

/** Of a process that does not answer there is nothing to tell. */
async function page(url: string): Promise<string> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(3_000) });
    return response.ok ? await response.text() : "";
  } catch {
    return "";
  }
}

async function states({ names, started, down }: Supervisor): Promise<Record<string, string>> {
  const asked = names.map(async (name) => {
    if (down.has(name)) return [name, "down"] as const;
    const part = started.get(name);
    if (part === undefined) return [name, "starting"] as const;
    const ready = part.health === undefined || (await respondsOk(`${part.health}/readyz`));
    return [name, ready ? "ready" : "not ready"] as const;
  });
  return Object.fromEntries(await Promise.all(asked));
}
