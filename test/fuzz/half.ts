/** Floats of 16 bits, by the definitions of their formats. */

export function halfAt(view: DataView, at: number): number {
  const bits = view.getUint16(at, true);
  const digits = bits.toString(2).padStart(16, '0');
  const sign = digits.startsWith('1') ? -1 : 1;
  const [exponent, fraction] = [parseInt(digits.slice(1, 6), 2), parseInt(digits.slice(6), 2)];
  if (exponent === 31) return fraction > 0 ? NaN : sign * Infinity;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1024 + fraction) * 2 ** (exponent - 25);
}

/** The upper half of a float32. */
export function brainAt(view: DataView, at: number): number {
  const whole = new DataView(new ArrayBuffer(4));
  whole.setUint16(0, view.getUint16(at, true));
  return whole.getFloat32(0);
}
