import { subscribe } from "node:diagnostics_channel";
import { Client } from "pg";

/** What this process has sent since `startCounting`. */
export const sent = { statements: 0, calls: 0 };

/**
 * Counts each statement, and each call to a host: a request of `fetch` to a panel, or a connection
 * to a daemon's socket, one for each request. The database's connections are opened in another way.
 */
export function startCounting(kind: "tunnel" | "panel"): void {
  const { prototype } = Client;
  const query = Reflect.get(prototype, "query") as (...args: unknown[]) => unknown;
  const countingQuery = function (this: Client, ...args: unknown[]): unknown {
    sent.statements += 1;
    return query.apply(this, args);
  };
  Reflect.set(prototype, "query", countingQuery);
  subscribe(kind === "panel" ? "undici:request:create" : "net.client.socket", () => {
    sent.calls += 1;
  });
}
