import { listAt } from '../formats/lists.js';
import type { Found } from '../search/found.js';
import { votersOf } from '../search/votes.js';
import { closeAll } from '../stream/run.js';
import type { Explainer } from './explainer.js';
import { openVoters } from './voters.js';
import type { VotingPartOptions } from './voting-part.js';

/** The training texts that vote for a label, found again. */
export async function explainVotes(
  { labels, voting, search }: Omit<VotingPartOptions, 'as'>,
  { threads }: { threads: number },
): Promise<Explainer> {
  const { searcher, lists } = await openVoters(labels, search, { threads });
  return {
    explain: async (batch) => {
      const neighbours = (await searcher.make(batch, voting.voters + 1)) as Found;
      return (text, label) => {
        const { rows, scores, weights } = votersOf(neighbours, text, { own: batch.own?.[text], ...voting });
        const labelled = lists.gather(rows);
        const texts = Array.from(rows, (row, i) => ({ row, similarity: scores[i]!, vote: weights[i]! }));
        return { texts: texts.filter((_text, i) => listAt(labelled, i).includes(label)) };
      };
    },
    [Symbol.asyncDispose]: () => closeAll([searcher, lists]),
  };
}
