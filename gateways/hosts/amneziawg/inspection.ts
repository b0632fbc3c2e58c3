import type { HostFinding } from "../../../domain/access/host-report.ts";
import { findSkew } from "../clock.ts";
import { type AmneziaWgParameters, headerText } from "./parameters.ts";

/** What an interface says of itself; what it does not say is undefined. */
export interface DeviceFacts {
  readonly publicKey: string | undefined;
  readonly listenPort: number | undefined;
  /** By their names in small letters, as the daemon writes them. */
  readonly parameters: ReadonlyMap<string, string>;
  /** The clock of its machine. */
  readonly clock: Date | undefined;
}

/** What of an interface does not fit its settings, although it answers. */
export const findMisfits = (
  { clock, parameters }: DeviceFacts,
  wanted: AmneziaWgParameters,
): HostFinding[] => [
  ...(clock === undefined ? [] : findSkew("the host", clock)),
  ...findOtherParameters(parameters, wanted),
];

/** S and H have to be equal on both sides; J and I are each side's own. */
function findOtherParameters(
  found: DeviceFacts["parameters"],
  { s1, s2, s3, s4, h1, h2, h3, h4 }: AmneziaWgParameters,
): HostFinding[] {
  const sizes = Object.entries({ s1, s2, s3, s4 }).map(
    ([name, size]) => [name, `${size}`] as const,
  );
  const headers = Object.entries({ h1, h2, h3, h4 });
  const wanted = [...sizes, ...headers.map(([name, range]) => [name, headerText(range)] as const)];
  return wanted.flatMap(([name, value]): HostFinding[] => {
    const actual = found.get(name);
    if (actual === undefined || actual === value) return [];
    const of = name.toUpperCase();
    const details = `${of} is ${actual} on the interface and ${value} in the settings: customers cannot connect`;
    return [{ trouble: "parameters", details }];
  });
}

/** The columns between the port and the mark in a dump, by how many there are in all. */
const second = ["jc", "jmin", "jmax", "s1", "s2", "s3", "s4", "h1", "h2", "h3", "h4"];
const columnsOf: ReadonlyMap<number, readonly string[]> = new Map([
  [13, ["jc", "jmin", "jmax", "s1", "s2", "h1", "h2", "h3", "h4"]],
  [20, second],
  // Those of 3.0 and 3.1 have their own columns behind those of 2.0 (`dump_print`, src/show.c).
  [27, second],
  [29, second],
]);

/**
 * Reads the interface's line of a dump, without its private key: 4 columns of `wg`, 13 of the tools
 * 1.0, 20 of those of 2.0, 27 of 3.0, 29 of 3.1; the parameters of others are not read.
 */
export function readInterfaceLine(
  line: string,
): Pick<DeviceFacts, "listenPort" | "parameters"> & { readonly publicKey: string } {
  const fields = line.split("\t");
  const [, publicKey = "", port = ""] = fields;
  const names = columnsOf.get(fields.length) ?? [];
  const listenPort = /^\d+$/u.test(port) && port !== "0" ? Number(port) : undefined;
  const columns = names.map((name, index) => [name, fields[index + 3] ?? "(null)"] as const);
  // So the tools write what was never set.
  const parameters = new Map(columns.filter(([, value]) => value !== "(null)"));
  return { publicKey, listenPort, parameters };
}
