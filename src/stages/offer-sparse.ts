/** Builds the sources that find labels by the words of a text. They are left out, with one line, where there are no words. */
import { NAME_TERMS } from '../sources/names.js';
import { NAMES, WORD_NEIGHBOURS } from '../sources/published.js';
import type { SourceSpec } from '../sources/spec.js';
import { NEIGHBOUR_TERMS } from '../sources/word-neighbours.js';
import { WORD_KINDS, WORDS } from '../sources/words.js';
import { buildLabelTree } from './build-label-tree.js';
import { countFeatures } from './count-features.js';
import { indexTerms } from './index-terms.js';
import { copied, type Offered, type OfferOptions, type Texts } from './offered.js';
import type { Steps } from './system.js';
import { trainWords } from './train-words.js';
import { weighTexts } from './weigh-texts.js';

/** Minimum document frequencies of the features that all sources by words share. A word of one document still counts in its length. */
export const LEAST = { word: 1, bigram: 2, characters: 2 };

type Asked = Texts & {
  /** Base name of the features. */
  features: string;
};

export async function offerSparse(
  steps: Steps,
  texts: Texts,
  { sources: { sources: asked, seed }, resources: { threads } }: OfferOptions,
): Promise<Offered> {
  const builders = [
    [WORDS, offerWords],
    [NAMES, offerNames],
    [WORD_NEIGHBOURS, offerWordNeighbours],
  ] as const;
  const wanted = builders.filter(([{ name }]) => asked.includes(name));
  if (wanted.length === 0) return { sources: [], built: {} };
  const { data } = texts;
  const stage = countFeatures({ least: LEAST, threads });
  const { features } = await steps.do(stage, { data });
  if (steps.result(stage.name)?.['features'] === 0) {
    steps.note(`${wanted.map(([{ name }]) => name).join(', ')}: left out, because no text has a word`);
    return { sources: [], built: {} };
  }
  const offered: SourceSpec[] = [];
  let built: Offered['built'] = { features };
  for (const [, offer] of wanted) {
    const own = await offer(steps, { ...texts, features }, { seed, threads });
    offered.push(...own.sources);
    built = { ...built, ...own.built };
  }
  return { sources: offered, built };
}

interface BuildOptions {
  seed: number;
  threads: number;
}

async function offerWords(
  steps: Steps,
  { data, rows, positives, features }: Asked,
  { seed, threads }: BuildOptions,
): Promise<Offered> {
  const kinds = WORD_KINDS;
  const texts = await steps.do(weighTexts({ of: 'texts', kinds, threads }), { data, features });
  const labels = await steps.do(weighTexts({ of: 'labels', kinds, threads }), { data, features });
  const sparse = {
    data,
    features,
    texts: texts.rows,
    labels: labels.rows,
    positives: copied(positives),
    rows,
  };
  const grouped = buildLabelTree({ seed, threads });
  const { tree } = await steps.do(grouped, sparse);
  if (steps.result(grouped.name)?.['labels'] === 0) {
    steps.note(`${WORDS.name}: left out, because no label has a word, in its texts or its own`);
    return { sources: [], built: {} };
  }
  const { weights } = await steps.do(trainWords({ seed, threads }), { ...sparse, tree });
  await steps.offer({ source: WORDS });
  return { sources: [WORDS], built: { words: weights } };
}

async function offerNames(
  steps: Steps,
  { data, features }: Asked,
  { threads }: BuildOptions,
): Promise<Offered> {
  const weighed = { of: 'labels', kinds: NAME_TERMS, threads } as const;
  const { rows } = await steps.do(weighTexts(weighed), { data, features });
  const { index } = await steps.do(indexTerms(weighed), { rows, features });
  if (steps.result(indexTerms(weighed).name)?.['postings'] === 0) {
    steps.note(`${NAMES.name}: left out, because no label has a word in common with a text`);
    return { sources: [], built: {} };
  }
  await steps.offer({ source: NAMES });
  return { sources: [NAMES], built: { names: index } };
}

async function offerWordNeighbours(
  steps: Steps,
  { data, features, positives }: Asked,
  { threads }: BuildOptions,
): Promise<Offered> {
  const weighed = { of: 'texts', kinds: NEIGHBOUR_TERMS, threads } as const;
  const { rows } = await steps.do(weighTexts(weighed), { data, features });
  const { index } = await steps.do(indexTerms(weighed), { rows, features });
  if (steps.result(indexTerms(weighed).name)?.['postings'] === 0) {
    steps.note(`${WORD_NEIGHBOURS.name}: left out, because no training text has a word`);
    return { sources: [], built: {} };
  }
  await steps.offer({ source: WORD_NEIGHBOURS });
  return { sources: [WORD_NEIGHBOURS], built: { wordNeighbours: index, positives: copied(positives) } };
}
