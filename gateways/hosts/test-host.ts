import type { HostFinding, HostReport } from "../../domain/access/host-report.ts";
import { connectHost, type HostSettings, hostWarnings } from "./registry.ts";
import { findingsIn } from "./trouble.ts";

/** Asks a host what is wrong with it, with an adapter of its own. Never throws. */
export async function testHost(settings: HostSettings): Promise<HostReport> {
  const { kind } = settings;
  const where = endpointOf(settings);
  try {
    const { endpoint, version, findings = [] } = await connectHost(settings).describe();
    const all = [...findings, ...warningsOf(settings)];
    return { kind, endpoint, ...(version && { version }), isUsable: true, findings: all };
  } catch (error) {
    return { kind, ...where, isUsable: false, findings: findingsIn(error) };
  }
}

/** Where the settings of the kinds that we have say that it is. */
function endpointOf(settings: HostSettings): Pick<HostReport, "endpoint"> {
  const { endpoint, url } = settings as { readonly endpoint?: string; readonly url?: string };
  const known = endpoint ?? url;
  return known === undefined ? {} : { endpoint: known };
}

/** Of a tunnel: its parameters. What panels of a kind never have is not a finding. */
const warningsOf = (settings: HostSettings): HostFinding[] =>
  "url" in settings
    ? []
    : hostWarnings(settings).map((details) => ({ trouble: "parameters", details }));
