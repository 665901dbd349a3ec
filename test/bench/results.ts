/** RESULTS.md: one section per benchmark, between markers, written only by that benchmark. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { format, resolveConfig } from 'prettier';

const PATH = 'test/bench/RESULTS.md';
const HEAD = '# Benchmark results\n\nEach section is written by the command that it names.\n';

/** The document with the section `name` replaced, or added at its end; the rest is unchanged. */
export function replaceSection(document: string, name: string, markdown: string): string {
  const [begin, end] = [`<!-- begin ${name} -->`, `<!-- end ${name} -->`];
  const section = `${begin}\n\n${markdown.trim()}\n\n${end}`;
  const from = document.indexOf(begin);
  if (from < 0) return `${document.trimEnd()}\n\n${section}\n`;
  const to = document.indexOf(end, from);
  if (to < 0) throw new RangeError(`section ${name}: begins but does not end`);
  return document.slice(0, from) + section + document.slice(to + end.length);
}

/** Writes the section `name` of RESULTS.md. */
export async function writeSection(name: string, markdown: string): Promise<void> {
  const document = replaceSection(existsSync(PATH) ? readFileSync(PATH, 'utf8') : HEAD, name, markdown);
  writeFileSync(PATH, await format(document, { ...(await resolveConfig(PATH)), filepath: PATH }));
}

/** The machine that the numbers belong to. */
export function machine(): string {
  const all = cpus();
  return `${all.length} × ${all[0]?.model.trim() ?? 'unknown CPU'}, Node.js ${process.version}`;
}

/** Rows of cells, the first is the header. */
export function table(rows: readonly (readonly string[])[]): string {
  const [head, ...body] = rows.map((cells) => `| ${cells.join(' | ')} |`);
  const columns = rows[0]!.map((_cell, i) => (i === 0 ? ' --- ' : ' ---: '));
  return [head, `|${columns.join('|')}|`, ...body].join('\n');
}

export const median = (numbers: readonly number[]): number =>
  numbers.toSorted((a, b) => a - b)[numbers.length >> 1]!;

/** Mean and, of several, standard deviation. */
export function spread(values: readonly number[], digits = 2): string {
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
  const variance = values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / Math.max(1, values.length - 1);
  return values.length > 1
    ? `${mean.toFixed(digits)} ± ${Math.sqrt(variance).toFixed(digits)}`
    : mean.toFixed(digits);
}
