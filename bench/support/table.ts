import os from "node:os";

export interface Row {
  what: string;
  ours: string;
  /** The value of the other side, in the same run. */
  against: string;
  /** ours / against */
  ratio?: number;
  /** The bound of this project as text, and whether the value is within it. */
  bound?: string;
  kept?: boolean;
}

/** Prints a table. @returns whether every value is within its bound */
export function printTable(title: string, rows: readonly Row[]): boolean {
  const cells = rows.map((row) => [
    row.what,
    row.ours,
    row.against,
    row.ratio === undefined ? "" : row.ratio.toFixed(2),
    row.bound === undefined ? "" : `${row.bound} ${row.kept === true ? "kept" : "MISSED"}`,
  ]);
  const table = [["what", "this package", "against", "ratio", "bound"], ...cells];
  const widths = (table[0] ?? []).map((_, column) =>
    Math.max(...table.map((line) => (line[column] ?? "").length)),
  );
  const print = (line: readonly string[]): string =>
    `| ${line.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(" | ")} |`;
  process.stdout.write(
    [
      `\n## ${title}`,
      print(table[0] ?? []),
      `|${widths.map((width) => "-".repeat(width + 2)).join("|")}|`,
      ...cells.map(print),
      "",
    ].join("\n"),
  );
  return rows.every((row) => row.kept !== false);
}

export function median(values: readonly number[]): number {
  return percentile(values, 50);
}

/** Returns a percentile by nearest rank. @param percent 0..100 */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)] ?? Number.NaN;
}

export function machine(): string {
  const cpus = os.cpus();
  return `${cpus.length} × ${cpus[0]?.model ?? "CPU"}, ${Math.round(os.totalmem() / 2 ** 30)} GiB, ${os.type()} ${os.release()}, Node ${process.version}`;
}
