import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";

const demanded = process.env["CI"] === "true" || process.env["TOLLGATE_REQUIRE_ALL"] === "1";

const finds = (program: string): boolean => {
  try {
    execFileSync("/bin/sh", ["-c", `command -v ${program}`], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
};

/**
 * Why tests that need these cannot run here; "" when they can. Where everything must be available
 * (`CI=true` or `TOLLGATE_REQUIRE_ALL=1`) it is always "", so that they fail.
 */
export function missing(...needs: string[]): string {
  const lacking = needs.filter((need) => (need === "root" ? !isRoot() : !finds(need)));
  return demanded || lacking.length === 0 ? "" : `there is no ${lacking.join(", no ")}`;
}

/** Whether this process may create network namespaces and tunnels. */
const isRoot = (): boolean => process.getuid?.() === 0 && existsSync("/dev/net/tun");

/** The real daemon and its own namespaces, with the stock `wg` as its command line. */
export const needsNamespaces = ["root", "go", "wg", "ip", "ping"] as const;

/** awgnode is enough. */
export const needsAwgNode = process.env["AWG_NODE_PATH"] === undefined ? (["go"] as const) : [];
