/** Options by group: declared once, given flat, handed on whole. */
import type * as z from 'zod';

type Groups = Readonly<Record<string, z.ZodObject>>;

/** The values of each group, picked out of checked flat ones. */
export const grouped = <G extends Groups>(
  groups: G,
  flat: Readonly<Record<string, unknown>>,
): { [Name in keyof G]: z.output<G[Name]> } =>
  Object.fromEntries(
    Object.entries(groups).map(([name, { shape }]) => [
      name,
      Object.fromEntries(Object.keys(shape).map((key) => [key, flat[key]])),
    ]),
  ) as { [Name in keyof G]: z.output<G[Name]> };
