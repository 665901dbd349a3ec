import { operator, type Operator } from '../src/stream/operator.js';

export interface RenameColumnOptions {
  /** Name of a column; a batch without it stays as it is. */
  from: string;
  to: string;
}

interface Batch {
  columns: object;
}

/** Gives a column another name, in place of a column that has that name. Order kept; nothing in flight; owns nothing. */
export function renameColumn<T extends Batch, U extends Batch = T>({
  from,
  to,
}: RenameColumnOptions): Operator<T, U> {
  return operator<T, U>('rename-column', async function* (batches) {
    for await (const batch of batches) {
      const { [from]: column, ...others } = batch.columns as Record<string, unknown>;
      // The types do not know the names of the columns; the caller does.
      yield (column === undefined
        ? batch
        : { ...batch, columns: { ...others, [to]: column } }) as unknown as U;
    }
  });
}
