/** Constants of the propensity model; see `inversePropensity`. */
export type PropensityConstants = readonly [a: number, b: number];

/** The published constants for a data set of this name. */
export function propensityOf(name: string): PropensityConstants {
  if (/amazon/i.test(name)) return [0.6, 2.6];
  return /wikipedia/i.test(name) ? [0.5, 0.4] : [0.55, 1.5];
}

/**
 * 1 / p of a label (Jain et al. 2016): the rarer a label is in training, the less likely it was annotated where it applies,
 * and the more a hit counts. 1 + C (N_l + B)^−A with C = (ln N − 1)(B + 1)^A, for N training texts of which N_l
 * (`frequency`) have the label.
 * @example
 * const weight = inversePropensity((label) => frequency[label]!, texts, [0.55, 1.5]);
 * new RankingMetrics({ inversePropensity: weight });
 */
export function inversePropensity(
  frequency: (label: number) => number,
  texts: number,
  [a, b]: PropensityConstants,
): (label: number) => number {
  const c = (Math.log(texts) - 1) * (b + 1) ** a;
  return (label) => 1 + c * (frequency(label) + b) ** -a;
}
