import { bagSums } from '../encode/bag-sums.js';
import { loadModel, readConfig } from '../encode/model-folder.js';
import { TokenNames } from '../encode/token-names.js';
import { listAt } from '../formats/lists.js';
import { Matrix } from '../formats/npy.js';
import { termsOf } from './explained-terms.js';
import type { Explainer } from './explainer.js';

/** What each subword, word and pair adds to the cosine with a label; `undefined` if the encoder is not a bag. */
export function explainVectors({ model, labels }: { model: string; labels: string }): Explainer | undefined {
  if (readConfig(model).encoder !== 'bag') return undefined;
  const names = new TokenNames(model);
  const sums = bagSums(loadModel(model).parameters);
  const vectors = Matrix.open(labels, 'float32');
  return {
    explain: (batch) => (text, label) => {
      const tokens = listAt(batch.tokens, text);
      const { adds, bias } = sums(tokens)(vectors.read(label, 1));
      const byToken = new Map<number, number>();
      tokens.forEach((token, i) => byToken.set(token, (byToken.get(token) ?? 0) + adds[i]!));
      const products = [...byToken].map(([column, value]) => ({ column, value }));
      const terms = termsOf(products, { names, text: batch.columns.text[text]! });
      return { terms, bias, sum: terms.reduce((sum, { adds }) => sum + adds, bias) };
    },
    [Symbol.dispose]: () => {
      vectors[Symbol.dispose]();
    },
  };
}
