export default (x: number): number => {
  if (x < 0) throw new RangeError(`negative: ${x}`);
  return x * x;
};
