import { type Language, languages } from "../../domain/people/customer.ts";
import { instant } from "../../domain/time.ts";
import type { AdoptionTime } from "../../domain/access/adoption.ts";
import type { PlanCode } from "../../domain/payments/plan.ts";

/** What the command line asks for about users of a host that are not ours. */
export interface AdoptCommand {
  readonly kind: "adopt";
  readonly name: string;
  readonly json: boolean;
  readonly isSure: boolean;
  /** Who gives the command, for the audit log. */
  readonly by: string;
  /** Undefined: they are listed. */
  readonly wants?: WantedAdoption;
}

/** What is to become of them. */
export type WantedAdoption =
  | { readonly kind: "external"; readonly only?: readonly string[] }
  | {
      readonly kind: "customers";
      readonly plan: PlanCode;
      readonly time: AdoptionTime;
      readonly language: Language;
      readonly file?: string;
    };

/** The options that `hosts adopt` alone takes. */
export const adoptOptions = {
  external: { type: "boolean" },
  "as-customers": { type: "boolean" },
  only: { type: "string" },
  plan: { type: "string" },
  days: { type: "string" },
  until: { type: "string" },
  "own-end": { type: "boolean" },
  file: { type: "string" },
  language: { type: "string" },
  by: { type: "string" },
} as const;

type Values = Readonly<
  Partial<Record<keyof typeof adoptOptions | "json" | "yes", string | boolean>>
>;

type ReadAdopt = { readonly command: AdoptCommand } | { readonly problem: string };

/** Reads the options of `hosts adopt`. */
export function readAdoptCommand(name: string, values: Values): ReadAdopt {
  const { json = false, yes = false, by = "operator" } = values;
  const base = {
    kind: "adopt",
    name,
    json: json === true,
    isSure: yes === true,
    by: `${by}`,
  } as const;
  const { external, "as-customers": asCustomers, only, plan } = values;
  if (external === true && asCustomers === true) {
    return { problem: "hosts adopt takes either --external or --as-customers" };
  }
  if (external === true) {
    const names =
      typeof only === "string" ? { only: only.split(",").map((one) => one.trim()) } : {};
    return { command: { ...base, wants: { kind: "external", ...names } } };
  }
  if (asCustomers !== true) return { command: base };
  if (typeof plan !== "string") return { problem: "--as-customers needs --plan CODE" };
  const time = readTime(values);
  if ("problem" in time) return time;
  const language = languages.find((one) => one === (values.language ?? "en"));
  if (language === undefined) return { problem: `--language is one of ${languages.join(", ")}` };
  const file = typeof values.file === "string" ? { file: values.file } : {};
  const wants = { kind: "customers", plan: plan as PlanCode, time, language, ...file } as const;
  return { command: { ...base, wants } };
}

function readTime({
  days,
  until,
  "own-end": ownEnd,
}: Values): AdoptionTime | { readonly problem: string } {
  const given = [days, until, ownEnd].filter((one) => one !== undefined);
  if (given.length !== 1) {
    return { problem: "--as-customers needs one of --days N, --until DATE and --own-end" };
  }
  if (ownEnd === true) return { kind: "own" };
  if (typeof days === "string") {
    return /^\d{1,4}$/u.test(days)
      ? { kind: "days", days: Number(days) }
      : { problem: `--days is a whole number, not "${days}"` };
  }
  const at = Date.parse(`${until}`);
  if (!/^\d{4}-\d\d-\d\d/u.test(`${until}`) || Number.isNaN(at)) {
    return { problem: `--until is a date like 2031-01-31, not "${until}"` };
  }
  return { kind: "until", until: instant(new Date(at)) };
}
