const ROUNDS = 4;

/**
 * A fixed pseudo-random permutation of 0 … `size` − 1 that needs no memory: a Feistel network on the smallest even number
 * of bits, applied again until the result is in range (cycle walking). `size` is at most 2^40.
 */
export function permutation(size: number, seed: number): (index: number) => number {
  const bits = Math.max(1, Math.ceil(Math.log2(Math.max(2, size)) / 2));
  const half = 2 ** bits;
  const step = (index: number): number => {
    let [left, right] = [Math.floor(index / half), index % half];
    for (let round = 0; round < ROUNDS; round++)
      [left, right] = [right, (left ^ mix(right, seed + round)) & (half - 1)];
    return left * half + right;
  };
  return (index) => {
    let walked = step(index);
    while (walked >= size) walked = step(walked);
    return walked;
  };
}

/** 32 bits, each of which depends on every bit of both arguments (the finaliser of MurmurHash3). */
function mix(value: number, key: number): number {
  let x = Math.imul(value + 0x9e3779b9, 0x85ebca6b) ^ Math.imul(key + 0x7f4a7c15, 0xc2b2ae35);
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return (x ^ (x >>> 16)) >>> 0;
}
