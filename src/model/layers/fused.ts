import * as tf from '@tensorflow/tfjs';

/** Whether the back end at work has this kernel: the compiling one has those of `src/engine/kernels/fused.ts`. */
export const hasKernel = (name: string): boolean =>
  (tf.getKernel(name, tf.getBackend()) as unknown) !== undefined;

/** Runs a kernel of several results. */
export const runKernel = (name: string, inputs: Record<string, tf.Tensor>, attributes = {}): tf.Tensor[] =>
  [tf.engine().runKernel<tf.Tensor | tf.Tensor[]>(name, inputs, attributes)].flat();

export interface FusedOptions {
  /** Name of the kernel, its inputs in order by name, and its attributes. The first result is the value. */
  kernel: string;
  inputs: Readonly<Record<string, tf.Tensor>>;
  attributes?: object;
  /**
   * Kernel of the gradient: its inputs are `dy`, those of `keep` among the inputs, and the results of the forward kernel
   * as `saved0`, `saved1`, …; its results are the gradients of the inputs that `differentiable` names.
   */
  gradient: string;
  keep: readonly string[];
  differentiable: readonly string[];
}

/** One kernel forward and one back. The plain function that it stands for is its caller's other branch and its test. */
export function fused({
  kernel,
  inputs,
  attributes = {},
  gradient,
  keep,
  differentiable,
}: FusedOptions): tf.Tensor {
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
        return runKernel(gradient, known, attributes);
      },
    };
  });
  return op(...differentiable.map((name) => inputs[name]!));
}
