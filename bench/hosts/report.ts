import { table } from "../payments/table.ts";
import type { HostMeasurements } from "./measure.ts";
import type { Measurement } from "./stopwatch.ts";

/** The measurements of one host with so many accesses. */
export interface MeasuredHost extends HostMeasurements {
  readonly accesses: number;
}

const head = ["ms", "µs", "×", "own µs", "×", "host's µs", "statements", "calls", "MB", "blocked"];

/**
 * One Markdown table for each act, a row for each host. `µs` are of one access; `×` is by how much
 * that has grown since the row above, of the same kind with fewer accesses.
 */
export function reportHosts(hosts: readonly MeasuredHost[]): string {
  const acts = Object.keys(hosts[0]?.acts ?? {});
  return acts
    .map((act) =>
      table(
        [act, ...head],
        hosts.map((host, at) => rowOf(act, host, hosts[at - 1])),
      ),
    )
    .join("\n\n");
}

function rowOf(act: string, host: MeasuredHost, above: MeasuredHost | undefined): string[] {
  const one = measurementOf(act, host);
  const fewer = above?.name === host.name ? above : undefined;
  const each = (field: keyof Measurement, of = host) =>
    (1_000 * measurementOf(act, of)[field]) / of.accesses;
  const growth = (field: keyof Measurement) =>
    fewer === undefined ? "" : (each(field) / each(field, fewer)).toFixed(2);
  return [
    `${host.name}, ${host.accesses.toLocaleString("en")}`,
    one.ms.toFixed(0),
    each("ms").toFixed(0),
    growth("ms"),
    each("processorMs").toFixed(0),
    growth("processorMs"),
    each("hostMs").toFixed(0),
    one.statements.toFixed(0),
    one.calls.toFixed(0),
    one.grownMb.toFixed(0),
    one.blockedMs.toFixed(0),
  ];
}

function measurementOf(act: string, { acts, name }: MeasuredHost): Measurement {
  const found = acts[act];
  if (found === undefined) throw new Error(`${act} was not measured on ${name}`);
  return found;
}
