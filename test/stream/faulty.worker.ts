/** Fails outside its task, or never answers, on request. */
export default async (task: 'answer' | 'fail' | 'hang'): Promise<string> => {
  if (task === 'hang') Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  if (task === 'answer') return task;
  setImmediate(() => {
    throw new Error('out of hand');
  });
  return new Promise(() => undefined);
};
