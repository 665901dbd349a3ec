import type { Product } from '../sparse/products.js';
import type { Why } from './explainer.js';

/** Tells columns of a text as a reader knows them. */
interface Names {
  of(text: string, columns: readonly number[]): string[];
}

/** What columns add, as a reader knows them; the most first. */
export function termsOf(
  products: readonly Product[],
  { names, text }: { names: Names; text: string },
): NonNullable<Why['terms']> {
  const sorted = products.toSorted((a, b) => b.value - a.value);
  const terms = names.of(
    text,
    sorted.map(({ column }) => column),
  );
  return sorted.map(({ value: adds }, i) => ({ term: terms[i]!, adds }));
}
