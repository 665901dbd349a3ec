/** Inverts the labels of texts: the texts of each key, where a key is a label or its position in a tree. */
import { toLists, type Lists } from '../formats/lists.js';
import { Matrix } from '../formats/npy.js';
import { RaggedReader, RaggedWriter } from '../store/ragged.js';

export interface InvertOptions {
  /** Base name of the labels of texts. */
  lists: string;
  /** An int32 `.npy`: the texts that count, ascending. */
  rows: string;
  /** Key of each label; −1 for none. */
  keyOf: Int32Array;
  keys: number;
  /** One more value at the end of the list of each key. */
  last?: ((key: number) => number) | undefined;
  /** Base name of the lists to write. */
  into: string;
  /** Values in memory at once; default 2^24 (64 MiB). */
  most?: number;
}

const BLOCK = 65_536;

/** Memory: `most` values, and 4 bytes per key. */
export function invertLists({ most = 1 << 24, ...options }: InvertOptions): void {
  const { lists, rows, keyOf, keys, last, into } = options;
  using reader = new RaggedReader(lists);
  using ids = Matrix.open(rows, 'int32');
  const extra = last ? 1 : 0;
  const counts = new Int32Array(keys).fill(extra);
  visit(reader, ids, (_text, label) => {
    const key = keyOf[label]!;
    if (key >= 0) counts[key]!++;
  });
  using writer = new RaggedWriter(into);
  if (keys === 0) writer.append(toLists([]));
  for (let begin = 0; begin < keys;) {
    const { end, offsets } = rangeFrom(begin, counts, most);
    const filled: Lists = { offsets, values: new Int32Array(offsets.at(-1)!) };
    const next = offsets.slice();
    visit(reader, ids, (text, label) => {
      const key = keyOf[label]!;
      if (key >= begin && key < end) filled.values[next[key - begin]!++] = text;
    });
    if (last) for (let key = begin; key < end; key++) filled.values[next[key - begin]!] = last(key);
    writer.append(filled);
    begin = end;
  }
  writer.finish();
}

/** The keys from `begin` on whose lists fit, at least one, and where each begins. */
function rangeFrom(begin: number, counts: Int32Array, most: number): { end: number; offsets: Int32Array } {
  const offsets = [0];
  let end = begin;
  while (end < counts.length && (end === begin || offsets.at(-1)! + counts[end]! <= most))
    offsets.push(offsets.at(-1)! + counts[end++]!);
  return { end, offsets: Int32Array.from(offsets) };
}

function visit(
  reader: RaggedReader,
  rows: Matrix<'int32'>,
  take: (text: number, label: number) => void,
): void {
  for (const { values: texts } of rows.blocks(BLOCK)) {
    const [first, last] = [texts[0]!, texts.at(-1)!];
    const { offsets, values } = reader.read(first, last - first + 1);
    for (const text of texts)
      for (let i = offsets[text - first]!; i < offsets[text - first + 1]!; i++) take(text, values[i]!);
  }
}
