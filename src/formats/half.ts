/** 16-bit floats to float32, exactly, and back. */

/** Decodes IEEE 754 binary16: a sign, 5 bits of exponent, 10 of fraction. */
function float16(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = (bits & 0x3ff) / 1024;
  if (exponent === 0) return sign * fraction * 2 ** -14;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (1 + fraction) * 2 ** (exponent - 15);
}

let table: Float32Array | undefined;

/** The float32 of every binary16, by its bits. */
export const halves = (): Float32Array =>
  (table ??= Float32Array.from({ length: 1 << 16 }, (_x, bits) => float16(bits)));

/** Decodes binary16, into the start of `into` if given. */
export function fromFloat16(
  values: Uint16Array,
  into: Float32Array = new Float32Array(values.length),
): Float32Array {
  const decoded = halves();
  for (let i = 0; i < values.length; i++) into[i] = decoded[values[i]!]!;
  return into;
}

/** Encodes as binary16: rounds to nearest, ties to even; too large values become infinite. */
export function toFloat16(values: Float32Array): Uint16Array {
  const into = new Uint16Array(values.length);
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  for (let i = 0; i < bits.length; i++) {
    const x = bits[i]!;
    const sign = (x >>> 16) & 0x8000;
    const size = x & 0x7fffffff;
    if (size > 0x7f800000)
      into[i] = sign | 0x7e00; // NaN
    else if (size >= 0x477ff000) into[i] = sign | 0x7c00;
    else if (size >= 0x38800000) into[i] = sign | ((size - 0x38000000 + 0xfff + ((size >>> 13) & 1)) >>> 13);
    else into[i] = sign | nearestEven(Math.abs(values[i]!) * 2 ** 24); // subnormal: multiples of 2^−24
  }
  return into;
}

function nearestEven(x: number): number {
  const below = Math.floor(x);
  const rest = x - below;
  return below + Number(rest > 0.5 || (rest === 0.5 && below % 2 === 1));
}

/** Decodes bfloat16, which is the upper half of a float32. */
export function fromBfloat16(values: Uint16Array): Float32Array {
  const bits = new Uint32Array(values.length);
  for (let i = 0; i < values.length; i++) bits[i] = values[i]! << 16;
  return new Float32Array(bits.buffer);
}
