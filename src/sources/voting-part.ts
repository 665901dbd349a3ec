/** The labels of the training texts that a search finds, by their votes. */
import { vote } from '../../operators/vote.js';
import type { Found } from '../search/found.js';
import { votes, type VoteOptions } from '../search/votes.js';
import { chain } from '../stream/chain.js';
import type { Operator } from '../stream/operator.js';
import { closeAll } from '../stream/run.js';
import { erased, type Part, type Prepared } from './part.js';
import { openVoters } from './voters.js';

export interface VotingPartOptions {
  as: string;
  /** Base name of the labels of the training texts. */
  labels: string;
  voting: Omit<VoteOptions, 'k'>;
  /** Adds the most similar training texts as the field `nearest`. */
  search: Part;
}

export const votingPart = ({ as, labels, voting, search }: VotingPartOptions): Part => {
  const count = voting.voters + 1; // with the text itself, which does not vote
  return {
    field: as,
    operator: ({ k, ...options }) => {
      const found = search.operator({ k: count, ...options });
      return erased(
        chain(
          found as unknown as Operator<Prepared, Prepared & { nearest: Found }>,
          vote<Prepared & { nearest: Found }, string>({ labels, as, k, ...voting }),
        ),
      );
    },
    open: async (options) => {
      const { searcher, lists } = await openVoters(labels, search, options);
      const labelsOf = (rows: Int32Array) => lists.gather(rows);
      return {
        make: async (batch, k) => {
          const neighbours = (await searcher.make(batch, count)) as Found;
          const { own, excluded } = batch;
          return votes({ neighbours, labelsOf, own, excluded }, { k, ...voting });
        },
        [Symbol.asyncDispose]: () => closeAll([searcher, lists]),
      };
    },
  };
};
