import { RaggedReader } from '../store/ragged.js';
import type { OpenPart, Part } from './part.js';

/** A search for training texts, and their labels. */
export interface OpenVoters {
  searcher: OpenPart;
  lists: RaggedReader;
}

/** `labels` is the base name of the labels. If one of both cannot be opened, neither is. */
export async function openVoters(
  labels: string,
  search: Part,
  options: { threads: number },
): Promise<OpenVoters> {
  const lists = new RaggedReader(labels);
  try {
    return { searcher: await search.open(options), lists };
  } catch (error) {
    lists[Symbol.dispose]();
    throw error;
  }
}
