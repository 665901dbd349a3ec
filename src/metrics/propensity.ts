/** Constants of the propensity model; see `inversePropensity`. */
export type PropensityConstants = readonly [a: number, b: number];

/**
 * 1 / p of a label (Jain et al. 2016): the rarer a label in training, the less likely that it was marked where it
 * applies, and the more a hit weighs. 1 + C (N_l + B)^−A with C = (ln N − 1)(B + 1)^A, for N training texts of which
 * N_l have the label. A label beyond `frequency` has none.
 */
export function inversePropensity(
  frequency: Int32Array,
  texts: number,
  [a, b]: PropensityConstants,
): (label: number) => number {
  const c = (Math.log(texts) - 1) * (b + 1) ** a;
  return (label) => 1 + c * ((frequency[label] ?? 0) + b) ** -a;
}
