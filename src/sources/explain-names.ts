import { openTogether } from '../files/open-together.js';
import { Postings } from '../sparse/postings.js';
import { productsWith } from '../sparse/products.js';
import { sparseRow } from '../sparse/rows.js';
import { TermNames } from '../sparse/term-names.js';
import type { TermKind } from '../sparse/terms.js';
import { termsOf } from './explained-terms.js';
import type { Explainer } from './explainer.js';

export interface ExplainNamesOptions {
  /** Base name of the features. */
  features: string;
  /** Base name of the inverted index of the label texts. */
  index: string;
  kinds: readonly TermKind[];
}

/** The product of each term that the text and the label's text share. */
export function explainNames({ features: base, index, kinds }: ExplainNamesOptions): Explainer {
  const { postings, names } = openTogether({
    postings: () => new Postings(index),
    names: () => new TermNames({ base, kinds }),
  });
  return {
    explain:
      ({ columns, features }) =>
      (text, label) => {
        const products = productsWith(postings, sparseRow(features, text), label);
        const terms = termsOf(products, { names, text: columns.text[text]! });
        return { terms, sum: products.reduce((sum, { value }) => sum + value, 0) };
      },
    [Symbol.dispose]: () => {
      postings[Symbol.dispose]();
      names[Symbol.dispose]();
    },
  };
}
