interface Family {
  help: string | undefined;
  type: string | undefined;
  readonly samples: Map<string, string[]>;
}

/**
 * Joins several processes' metrics, in Prometheus' text format 0.0.4, to one page: each name is
 * described once. Series of a name that more than one process has are told apart by a label
 * `process`.
 */
export function mergedMetrics(pages: ReadonlyMap<string, string>): string {
  const families = new Map<string, Family>();
  for (const [process, page] of pages) collect(families, process, page);
  return [...families.values()].map(written).join("");
}

function collect(families: Map<string, Family>, process: string, page: string): void {
  let current = "";
  const familyOf = (name: string): Family => {
    const known = families.get(name);
    if (known) return known;
    const made: Family = { help: undefined, type: undefined, samples: new Map() };
    families.set(name, made);
    return made;
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

/** A histogram's or summary's series carry its name with an ending. */
const belongsTo = (name: string, family: string): boolean =>
  name === family || ["_bucket", "_sum", "_count"].some((ending) => name === family + ending);

function written({ help, type, samples }: Family): string {
  const shared = samples.size > 1;
  const lines = [...samples].flatMap(([process, own]) =>
    shared ? own.map((line) => labelled(line, process)) : own,
  );
  const all = [help, type, ...lines].filter((line) => line !== undefined);
  return all.map((line) => `${line}\n`).join("");
}

function labelled(line: string, process: string): string {
  const [, name = "", labels, rest = ""] = /^([^\s{]+)(?:\{(.*)\})?(\s.*)$/u.exec(line) ?? [];
  if (labels === undefined || labels === "") return `${name}{process="${process}"}${rest}`;
  if (/(?:^|,)process="/u.test(labels)) return line;
  return `${name}{process="${process}",${labels.replace(/,$/u, "")}}${rest}`;
}
