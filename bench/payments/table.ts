type Row = readonly string[];

/** A Markdown table with columns as wide as their content; all but the first are aligned right. */
export function table(head: Row, rows: readonly Row[]): string {
  const widths = head.map((title, at) => {
    return Math.max(3, title.length, ...rows.map((row) => (row[at] ?? "").length));
  });
  const line = (cells: Row) => {
    const padded = widths.map((width, at) => {
      const cell = cells[at] ?? "";
      return at === 0 ? cell.padEnd(width) : cell.padStart(width);
    });
    return `| ${padded.join(" | ")} |`;
  };
  const rule = widths.map((width, at) =>
    at === 0 ? "-".repeat(width) : `${"-".repeat(width - 1)}:`,
  );
  return [line(head), line(rule), ...rows.map(line)].join("\n");
}
