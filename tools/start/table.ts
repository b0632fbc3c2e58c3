import type { Configuration } from "./configuration.ts";
import { type ServiceName, serviceNames } from "./service-name.ts";
import type { Started } from "./service.ts";
import type { Addresses } from "./start-context.ts";

/**
 * The text printed after a start: links, and one row per started service with its address and kind.
 */
export function table(
  { demo, API_PORT, METRICS_PORT }: Configuration,
  { temporalUiUrl }: Addresses,
  started: ReadonlyMap<ServiceName, Started>,
): string {
  const links: [string, string][] = [];
  if (started.has("api")) links.push([demo ? "Demo chat" : "API", `http://127.0.0.1:${API_PORT}/`]);
  if (temporalUiUrl !== undefined) links.push(["Temporal UI", temporalUiUrl]);
  links.push(["Metrics", `http://127.0.0.1:${METRICS_PORT}/metrics`]);
  const rows = serviceNames.flatMap((name): [string, string, string][] => {
    const service = started.get(name);
    return service === undefined ? [] : [[name, service.where, service.what]];
  });
  const mode = demo ? "demo, Telegram is emulated: set BOT_TOKEN for a real bot" : "with your bot";
  return [
    `Tollgate is up (${mode})`,
    "",
    ...columns(links),
    "",
    ...columns(rows),
    "",
    "Ctrl-C stops all of it; its data stays.",
  ].join("\n");
}

function columns(rows: readonly (readonly string[])[]): string[] {
  const widths = [0, 1].map((at) => Math.max(0, ...rows.map((row) => (row[at] ?? "").length)));
  return rows.map((row) =>
    `  ${row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join("  ")}`.trimEnd(),
  );
}
