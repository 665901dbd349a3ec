import { InputError } from '../../src/errors.js';

export default (x: number): number => {
  if (x < 0) throw new RangeError(`negative: ${x}`);
  if (!Number.isInteger(x)) throw new TypeError('in vain', { cause: new InputError(`not an integer: ${x}`) });
  return x * x;
};
