interface Family {
  help: string | undefined;
  type: string | undefined;
  readonly samples: Map<string, string[]>;
}

/**
 * Merges several processes' metrics, in Prometheus' text format 0.0.4, into one page that describes
 * each name once. A name that several processes have gets the label `process`.
 * Keys of `pages` are process names.
 */
export function mergeMetrics(pages: ReadonlyMap<string, string>): string {
  const families = new Map<string, Family>();
  for (const [process, page] of pages) collect(families, process, page);
  return [...families.values()].map(formatFamily).join("");
}

function collect(families: Map<string, Family>, process: string, page: string): void {
  let current = "";
  const familyOf = (name: string): Family => {
    const existing = families.get(name);
    if (existing) return existing;
    const created: Family = { help: undefined, type: undefined, samples: new Map() };
    families.set(name, created);
    return created;
  };
  for (const line of page.split("\n")) {
    const described = /^# (HELP|TYPE) (\S+)/u.exec(line);
    if (described) {
      const [, kind, name = ""] = described;
      current = name;
      const family = familyOf(name);
      if (kind === "HELP") family.help ??= line;
      else family.type ??= line;
      continue;
    }
    if (line.trim() === "" || line.startsWith("#")) continue;
    const name = /^[^\s{]+/u.exec(line)?.[0] ?? "";
    const { samples } = familyOf(belongsTo(name, current) ? current : name);
    samples.set(process, [...(samples.get(process) ?? []), line]);
  }
}

/** The series of a histogram or summary have its name with a suffix. */
const belongsTo = (name: string, family: string): boolean =>
  name === family || ["_bucket", "_sum", "_count"].some((ending) => name === family + ending);

function formatFamily({ help, type, samples }: Family): string {
  const shared = samples.size > 1;
  const lines = [...samples].flatMap(([process, own]) =>
    shared ? own.map((line) => addProcessLabel(line, process)) : own,
  );
  const all = [help, type, ...lines].filter((line) => line !== undefined);
  return all.map((line) => `${line}\n`).join("");
}

function addProcessLabel(line: string, process: string): string {
  const [, name = "", labels, rest = ""] = /^([^\s{]+)(?:\{(.*)\})?(\s.*)$/u.exec(line) ?? [];
  if (labels === undefined || labels === "") return `${name}{process="${process}"}${rest}`;
  if (/(?:^|,)process="/u.test(labels)) return line;
  return `${name}{process="${process}",${labels.replace(/,$/u, "")}}${rest}`;
}
