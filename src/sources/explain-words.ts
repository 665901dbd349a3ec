import { openTogether } from '../files/open-together.js';
import { openTree, type OpenTreeOptions } from '../label-tree/open-tree.js';
import { sparseRow } from '../sparse/rows.js';
import { TermNames } from '../sparse/term-names.js';
import type { TermKind } from '../sparse/terms.js';
import type { Explainer } from './explainer.js';
import { termsOf } from './explained-terms.js';

export interface ExplainWordsOptions extends OpenTreeOptions {
  /** Base name of the features. */
  features: string;
  kinds: readonly TermKind[];
}

/** By the last level: what each term adds to the score of the label's own classifier. */
export function explainWords({ features: base, kinds, ...files }: ExplainWordsOptions): Explainer {
  const { tree, names } = openTogether({
    tree: () => openTree(files),
    names: () => new TermNames({ base, kinds }),
  });
  return {
    explain:
      ({ columns, features }) =>
      (text, label) => {
        const own = tree.explain(sparseRow(features, text), label);
        if (!own) return {};
        const terms = termsOf(own.contributions, { names, text: columns.text[text]! });
        return { terms, bias: own.bias, sum: own.score };
      },
    [Symbol.dispose]: () => {
      tree[Symbol.dispose]();
      names[Symbol.dispose]();
    },
  };
}
