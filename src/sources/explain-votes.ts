import { listAt } from '../formats/lists.js';
import type { Found } from '../search/found.js';
import { votersOf, type VoteOptions } from '../search/votes.js';
import { RaggedReader } from '../store/ragged.js';
import { closeAll } from '../stream/run.js';
import type { Explainer } from './explainer.js';
import type { OpenPart } from './part.js';

/** The training texts that vote for a label, found again by `search`, which is closed with the explainer. */
export function explainVotes(
  { labels, voting }: { labels: string; voting: Omit<VoteOptions, 'k'> },
  search: OpenPart,
): Explainer {
  const lists = new RaggedReader(labels);
  return {
    explain: async (batch) => {
      const neighbours = (await search.make(batch, voting.voters + 1)) as Found;
      return (text, label) => {
        const { rows, scores, weights } = votersOf(neighbours, text, { own: batch.own?.[text], ...voting });
        const labelled = lists.gather(rows);
        const texts = Array.from(rows, (row, i) => ({ row, similarity: scores[i]!, vote: weights[i]! }));
        return { texts: texts.filter((_text, i) => listAt(labelled, i).includes(label)) };
      };
    },
    [Symbol.asyncDispose]: () => closeAll([search, lists]),
  };
}
