/** Options by group: declared once, given flat, passed on as groups. */
import type * as z from 'zod';

type Groups = Readonly<Record<string, z.ZodObject>>;

/** The values of each group, taken from checked flat options. */
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
