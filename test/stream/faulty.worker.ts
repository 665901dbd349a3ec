/** Fails outside of its work, or never answers, when told to. */
export default async (task: 'answer' | 'fail' | 'hang'): Promise<string> => {
  if (task === 'hang') Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  if (task === 'answer') return task;
  setImmediate(() => {
    throw new Error('out of hand');
  });
  return new Promise(() => undefined);
};
