import { parseArgs } from "node:util";
import * as z from "zod";
import type { LocationCode } from "../../domain/access/location.ts";
import { mostPerMinute } from "../../domain/access/host-migration.ts";
import { type InstallArguments, installUsage, readInstallArguments } from "./install-arguments.ts";
import { type AdoptCommand, adoptOptions, readAdoptCommand } from "./adopt-arguments.ts";
import {
  type MaintenanceCommand,
  maintenanceOptions,
  readMaintenanceCommand,
} from "./maintenance-arguments.ts";
import { hostCapacity, hostName, hostWeight } from "../../gateways/hosts/hosts-file.ts";

/** What can be written after `hosts`. */
export const hostUsage = `  hosts [list] [--json]          the hosts with state, load and trouble
  hosts show NAME [--json]       one of them
  hosts test NAME [--json]       what is wrong with it, and what to do
  hosts drift NAME [--json]      how it differs from the books: what a pass would do; changes nothing
  hosts adopt NAME [--json]      who on it is not ours, and whose it may be
        --external [--only A,B]  they stay: nobody is asked about them any more
        --as-customers --plan CODE (--days N | --until DATE | --own-end)
          [--file MAP.csv] [--language CODE] [--by NAME]
                                 they become customers and keep their keys, by the numbers in
                                 Telegram in their names and notes, or in a file of lines
                                 IDENTITY,NUMBER; without --yes it says what that does
  hosts add NAME FILE            a new host; FILE has its settings as JSON, - is the standard input
        [--capacity N] [--weight N]
  hosts edit NAME                what is given changes; of FILE the fields that it has
        [--settings FILE] [--capacity N] [--weight N] [--location CODE, or none]
  hosts drain NAME               it takes no new devices and keeps the old
  hosts resume NAME              it takes new devices again
  hosts migrate NAME             its devices move to other hosts, with an overlap of a day
        [--to NAME] [--rate DEVICES-PER-MINUTE] [--abort]
  hosts lost NAME [--yes]        it is gone for good: all its devices move at once
  hosts maintenance NAME | --all it is worked on: its customers read so, and it takes no new devices
        [--text-en WORDS] [--text-ru WORDS] [--until MOMENT]
        --end                    it is over
        --give-back [--yes]      gives back what it has cost; without --yes it says what that does
  hosts remove NAME [--yes]      without --yes it says what that does
  hosts import FILE [--update]   adds the hosts of a file like hosts.example.json; with --update
                                 those that are there become as the file says
  hosts export                   writes such a file: only where ENCRYPTION_KEYS are, see
                                 docs/production.md
${installUsage}`;

/** What the command line asks for about hosts. */
export type HostCommand =
  | { readonly kind: "list"; readonly json: boolean }
  | { readonly kind: "show" | "test" | "drift"; readonly name: string; readonly json: boolean }
  | ({ readonly kind: "add"; readonly name: string; readonly file: string } & Numbers)
  | ({ readonly kind: "edit"; readonly name: string; readonly file?: string } & Numbers & Located)
  | { readonly kind: "drain" | "resume"; readonly name: string }
  | { readonly kind: "remove" | "lost"; readonly name: string; readonly isSure: boolean }
  | {
      readonly kind: "migrate";
      readonly name: string;
      readonly to?: string;
      readonly rate?: number;
      readonly isAbort: boolean;
    }
  | { readonly kind: "import"; readonly file: string; readonly updates: boolean }
  | AdoptCommand
  | MaintenanceCommand
  | { readonly kind: "export" }
  | { readonly kind: "install"; readonly given: InstallArguments };

interface Located {
  /** Null: in no location. */
  readonly location?: LocationCode | null;
}

interface Numbers {
  readonly capacity?: number;
  readonly weight?: number;
  /** Devices per minute. */
  readonly rate?: number;
}

/** The command, or why the arguments do not make one. */
export type ReadHostCommand = { readonly command: HostCommand } | { readonly problem: string };

const options = {
  json: { type: "boolean" },
  yes: { type: "boolean" },
  update: { type: "boolean" },
  capacity: { type: "string" },
  weight: { type: "string" },
  settings: { type: "string" },
  location: { type: "string" },
  to: { type: "string" },
  rate: { type: "string" },
  abort: { type: "boolean" },
  ...adoptOptions,
  ...maintenanceOptions,
} as const;

const verbs =
  "list show test drift adopt add edit drain resume migrate lost maintenance remove import export".split(
    " ",
  );

/** Which options a verb takes. */
const taken: Readonly<Record<string, readonly string[]>> = {
  list: ["json"],
  show: ["json"],
  test: ["json"],
  drift: ["json"],
  adopt: ["json", "yes", ...Object.keys(adoptOptions)],
  add: ["capacity", "weight"],
  edit: ["capacity", "weight", "settings", "location"],
  remove: ["yes"],
  lost: ["yes"],
  migrate: ["to", "rate", "abort"],
  maintenance: ["until", "yes", ...Object.keys(maintenanceOptions)],
  import: ["update"],
};

/** Reads what is written after `hosts`. */
export function readHostCommand(words: readonly string[]): ReadHostCommand {
  if (words[0] === "install") {
    const read = readInstallArguments(words.slice(1));
    return "problem" in read ? read : { command: { kind: "install", ...read } };
  }
  let parsed: ReturnType<typeof parse>;
  try {
    parsed = parse(words);
  } catch (error) {
    return { problem: (error as Error).message };
  }
  const { positionals, values } = parsed;
  const [verb = "list", ...rest] = positionals;
  if (!verbs.includes(verb)) return { problem: `"${verb}" is not something that hosts do` };
  const strange = Object.keys(values).find((name) => !(taken[verb] ?? []).includes(name));
  if (strange !== undefined) return { problem: `hosts ${verb} takes no --${strange}` };
  return readVerb(verb, rest, values);
}

const parse = (words: readonly string[]) =>
  parseArgs({ args: [...words], options, allowPositionals: true });

type Values = ReturnType<typeof parse>["values"];

function readVerb(verb: string, rest: readonly string[], values: Values): ReadHostCommand {
  const [first, second, ...more] = rest;
  const json = values.json === true;
  if (verb === "list" || verb === "export") {
    if (first !== undefined) return { problem: `hosts ${verb} takes no name` };
    return { command: verb === "list" ? { kind: "list", json } : { kind: "export" } };
  }
  if (verb === "maintenance" && second === undefined) return readMaintenanceCommand(first, values);
  const hasFile = verb === "add";
  if (first === undefined || (hasFile && second === undefined)) {
    const wanted = verb === "import" ? "a FILE" : hasFile ? "a NAME and a FILE" : "a NAME";
    return { problem: `hosts ${verb} needs ${wanted}` };
  }
  if (more.length > 0 || (!hasFile && second !== undefined)) {
    return { problem: `hosts ${verb} has too many words: put a name with spaces in quotes` };
  }
  if (verb === "import") {
    return { command: { kind: "import", file: first, updates: values.update === true } };
  }
  const name = hostName.safeParse(first);
  if (!name.success) return { problem: `the name ${name.error.issues[0]?.message}` };
  if (verb === "adopt") return readAdoptCommand(first, values);
  const numbers = readNumbers(values);
  if ("problem" in numbers) return numbers;
  return { command: commandOf(verb, { name: first, file: second, json, values, numbers }) };
}

function commandOf(
  verb: string,
  given: {
    readonly name: string;
    readonly file: string | undefined;
    readonly json: boolean;
    readonly values: Values;
    readonly numbers: Numbers;
  },
): HostCommand {
  const { name, file = "", json, values, numbers } = given;
  switch (verb) {
    case "add":
      return { kind: "add", name, file, ...numbers };
    case "edit": {
      const settings = values.settings === undefined ? {} : { file: values.settings };
      const { location: code } = values;
      const location = code === "none" ? null : (code as LocationCode | undefined);
      const located = location === undefined ? {} : { location };
      return { kind: "edit", name, ...settings, ...numbers, ...located };
    }
    case "remove":
    case "lost":
      return { kind: verb, name, isSure: values.yes === true };
    case "migrate":
      return { kind: "migrate", name, isAbort: values.abort === true, ...movesOf(values, numbers) };
    case "show":
    case "test":
    case "drift":
      return { kind: verb, name, json };
    default:
      return { kind: verb === "drain" ? "drain" : "resume", name };
  }
}

const hostRate = z.int().min(1).max(mostPerMinute);

const movesOf = ({ to }: Values, { rate }: Numbers) => ({
  ...(to === undefined ? {} : { to }),
  ...(rate === undefined ? {} : { rate }),
});

function readNumbers({ capacity, weight, rate }: Values): Numbers | { readonly problem: string } {
  const read: { capacity?: number; weight?: number; rate?: number } = {};
  const numbers = {
    capacity: [capacity, hostCapacity],
    weight: [weight, hostWeight],
    rate: [rate, hostRate],
  } as const;
  for (const [name, [text, schema]] of Object.entries(numbers)) {
    if (text === undefined) continue;
    const parsed = schema.safeParse(/^\d+$/u.test(text) ? Number(text) : text);
    if (!parsed.success) return { problem: `--${name} is a whole number, not "${text}"` };
    read[name as "capacity"] = parsed.data;
  }
  return read;
}
