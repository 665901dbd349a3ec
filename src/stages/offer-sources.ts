/** Builds the sources that were asked for, and the ranker of what they find: the part that systems share. */
import { InputError } from '../errors.js';
import { copyLabelTexts } from './copy-label-texts.js';
import { copyTextLabels } from './copy-text-labels.js';
import type { DataFiles } from './data-files.js';
import { heldCount, holdBackTexts } from './hold-back.js';
import { offerEmbedded, type Modules } from './offer-embedded.js';
import { offerRanker } from './offer-ranker.js';
import { offerSparse } from './offer-sparse.js';
import { checkFusion, type SourceOptions } from './options.js';
import type { OfferOptions, Texts } from './offered.js';
import type { Steps } from './system.js';

/** Several sources are ranked: texts are held back from their training, and the ranker is fitted to these. */
export async function offerSources(
  steps: Steps,
  data: DataFiles,
  given: OfferOptions,
  modules: Modules,
): Promise<void> {
  const options = withNames(steps, data, given);
  const { sources: asked, fuse, seed } = options.sources;
  const { threads } = options.resources;
  const { labelled } = data;
  checkFusion(options.sources);
  const several = asked.length > 1;
  const heldBack = several && heldCount(data.size.labelled, fuse) > 0 && fuse;
  if (several && !heldBack)
    steps.note('ranking: left out, because only one text has labels; the first source answers');

  await steps.do(copyLabelTexts({ ids: data.dataset.ids }), { data });
  const copy = copyTextLabels({ keep: asked.some(isVoting) });
  const positives = asked.some(readsLabels) ? (await steps.do(copy, { data })).positives : undefined;
  const chosen = heldBack
    ? await steps.do(holdBackTexts({ seed, ranker: heldBack }), { data, labelled })
    : { rows: labelled, held: labelled };
  const texts: Texts = { data, ...chosen, heldBack, positives };

  const embedded = await offerEmbedded(steps, texts, options, modules);
  const sparse = await offerSparse(steps, texts, options);
  const sources = [...embedded.sources, ...sparse.sources];
  const built = { ...embedded.built, ...sparse.built };
  if (sources.length === 0)
    throw new InputError(
      `${data.size.name}: none of these sources can be built: ${given.sources.sources.join(', ')}`,
    );
  if (heldBack === 'boosted' && sources.length > 1)
    await offerRanker(steps, { data, held: texts.held, built }, { sources, seed, threads });
}

/** Without the sources that find a label by its text, if no label has one. */
function withNames(steps: Steps, { size }: DataFiles, options: OfferOptions): OfferOptions {
  if (size.means.bytesOfLabel > 0) return options;
  const asked = options.sources.sources;
  const isNamed = (name: SourceOptions['sources'][number]): boolean =>
    name !== 'words' && name !== 'word-neighbours';
  const left = asked.filter(isNamed);
  if (left.length > 0) steps.note(`${left.join(', ')}: left out, because no label has a text`);
  return { ...options, sources: { ...options.sources, sources: asked.filter((name) => !isNamed(name)) } };
}

/** Whether a source finds labels by the votes of training texts. */
const isVoting = (name: SourceOptions['sources'][number]): boolean => name.endsWith('neighbours');

/** Whether a source is built from the labels of texts: the encoder has them with its tokens, and names need none. */
const readsLabels = (name: SourceOptions['sources'][number]): boolean =>
  name !== 'encoder' && name !== 'names';
