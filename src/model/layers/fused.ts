import * as tf from '@tensorflow/tfjs';

export interface FusedOptions<T extends tf.Tensor> {
  /**
   * Name of a kernel of `src/engine/kernels/fused.ts`; its first result is the value. The gradient's kernel has that name
   * and `Grad`: its inputs are `dy`, those of `keep` among the inputs, and the results of the forward kernel as `saved0`,
   * `saved1`, …; its results are the gradients of the inputs that `differentiable` names.
   */
  kernel: string;
  inputs: Readonly<Record<string, tf.Tensor>>;
  attributes?: object;
  keep?: readonly string[];
  differentiable: readonly string[];
  /** What it stands for: runs where the back end has no such kernel, and is the test of the kernel where it has. */
  plain: () => T;
}

/** One kernel forward and one back where the back end at work has them, which is where a function is compiled. */
export function fused<T extends tf.Tensor>({
  kernel,
  inputs,
  attributes = {},
  keep = [],
  differentiable,
  plain,
}: FusedOptions<T>): T {
  if (!hasKernel(kernel)) return plain();
  const fixed = Object.entries(inputs).filter(([name]) => !differentiable.includes(name));
  const op = tf.customGrad((...args: unknown[]) => {
    const save = args.pop() as tf.GradSaveFunc;
    const given = Object.fromEntries([
      ...differentiable.map((name, i) => [name, args[i] as tf.Tensor] as const),
      ...fixed,
    ]);
    const results = runKernel(kernel, given, attributes);
    save([...keep.map((name) => given[name]!), ...results]);
    return {
      value: results[0]!,
      gradFunc: (dy: tf.Tensor, tensors: tf.Tensor[]) => {
        const known: Record<string, tf.Tensor> = { dy };
        tensors.forEach((tensor, i) => (known[keep[i] ?? `saved${i - keep.length}`] = tensor));
        return runKernel(`${kernel}Grad`, known, attributes);
      },
    };
  });
  return op(...differentiable.map((name) => inputs[name]!)) as T;
}

const hasKernel = (name: string): boolean => (tf.getKernel(name, tf.getBackend()) as unknown) !== undefined;

/** Runs a kernel of several results. */
const runKernel = (name: string, inputs: Record<string, tf.Tensor>, attributes: object): tf.Tensor[] =>
  [tf.engine().runKernel<tf.Tensor | tf.Tensor[]>(name, inputs, { ...attributes })].flat();
