import { longestMaintenanceText, type MaintenanceTexts } from "../../domain/access/maintenance.ts";
import { type Instant, instant } from "../../domain/time.ts";

/** The options of `hosts maintenance`, beside `until` and `yes`. */
export const maintenanceOptions = {
  all: { type: "boolean" },
  end: { type: "boolean" },
  "give-back": { type: "boolean" },
  "text-en": { type: "string" },
  "text-ru": { type: "string" },
} as const;

/** What `hosts maintenance` asks for. */
export interface MaintenanceCommand {
  readonly kind: "maintenance";
  /** Undefined: all hosts. */
  readonly name: string | undefined;
  readonly act:
    | { readonly kind: "begin"; readonly texts: MaintenanceTexts; readonly until?: Instant }
    | { readonly kind: "end" }
    | { readonly kind: "giveBack"; readonly isSure: boolean };
}

type Values = Readonly<
  Partial<Record<keyof typeof maintenanceOptions | "until" | "yes", string | boolean | undefined>>
>;

type ReadMaintenance = { readonly command: MaintenanceCommand } | { readonly problem: string };

/** Reads the options of `hosts maintenance`. */
export function readMaintenanceCommand(name: string | undefined, values: Values): ReadMaintenance {
  const { all = false, end = false, yes = false, until: announced, ...rest } = values;
  if ((name === undefined) !== (all === true)) {
    return { problem: "hosts maintenance needs a NAME or --all" };
  }
  const begins = { "text-en": rest["text-en"], "text-ru": rest["text-ru"], until: announced };
  const strange = Object.entries(begins).find(([, value]) => value !== undefined)?.[0];
  const isGiveBack = rest["give-back"] === true;
  if ((end || isGiveBack) && strange !== undefined) {
    return { problem: `--${strange} is for the beginning of a maintenance` };
  }
  if (end && isGiveBack) return { problem: "first --end, and then --give-back" };
  if (isGiveBack) {
    return {
      command: { kind: "maintenance", name, act: { kind: "giveBack", isSure: yes === true } },
    };
  }
  if (yes) return { problem: "--yes is for --give-back" };
  if (end) return { command: { kind: "maintenance", name, act: { kind: "end" } } };
  return readBeginning(name, begins);
}

function readBeginning(
  name: string | undefined,
  { "text-en": en, "text-ru": ru, until: announced }: Pick<Values, "text-en" | "text-ru" | "until">,
): ReadMaintenance {
  const given = Object.entries({ en, ru }).filter(([, text]) => text !== undefined);
  for (const [language, text] of given) {
    const length = Array.from(String(text).trim()).length;
    if (length === 0 || length > longestMaintenanceText) {
      return { problem: `--text-${language} has 1 to ${longestMaintenanceText} characters` };
    }
  }
  const texts = Object.fromEntries(
    given.map(([language, text]) => [language, String(text).trim()]),
  );
  const begin = { kind: "begin", texts } as const;
  if (announced === undefined) return { command: { kind: "maintenance", name, act: begin } };
  const until = readMoment(String(announced));
  if (until === undefined) {
    return { problem: "--until is a moment to come with its zone, such as 2026-01-31T18:00Z" };
  }
  return { command: { kind: "maintenance", name, act: { ...begin, until } } };
}

/** A moment without a zone would be the server's, which is nobody's. */
function readMoment(text: string): Instant | undefined {
  const ms = Date.parse(text);
  const isWhole = /^\d{4}-\d\d-\d\dT\d\d:\d\d.*(?:Z|[+-]\d\d:?\d\d)$/u.test(text);
  return isWhole && ms > Date.now() ? instant(ms) : undefined;
}
