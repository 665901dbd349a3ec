import * as tf from '@tensorflow/tfjs';
import { FUSED, type FusedAttributes, type FusedKernel } from '../../engine/kernels/kernel.js';

export interface FusedOptions<T extends tf.Tensor> {
  /** It returns the gradients of the inputs named in `differentiable`. */
  kernel: FusedKernel;
  inputs: Readonly<Record<string, tf.Tensor>>;
  attributes?: object;
  /** Inputs that the gradient's kernel takes. */
  keep?: readonly string[];
  differentiable: readonly string[];
  /** The equivalent function: runs where the back end has no such kernel, and tests the kernel where it has. */
  plain: () => T;
}

/** One forward and one backward kernel if the current back end has them, as when a function is compiled. */
export function fused<T extends tf.Tensor>({
  kernel,
  inputs,
  attributes = {},
  keep = [],
  differentiable,
  plain,
}: FusedOptions<T>): T {
  if (!isTracing()) return plain();
  const fixed = Object.entries(inputs).filter(([name]) => !differentiable.includes(name));
  const op = tf.customGrad((...args: unknown[]) => {
    const save = args.pop() as tf.GradSaveFunc;
    const given = Object.fromEntries([
      ...differentiable.map((name, i) => [name, args[i] as tf.Tensor] as const),
      ...fixed,
    ]);
    const results = run(given, { half: kernel.forward, attributes });
    save([...keep.map((name) => given[name]!), ...results]);
    return {
      value: results[0]!,
      gradFunc: (dy: tf.Tensor, tensors: tf.Tensor[]) => {
        const known: Record<string, tf.Tensor> = { dy };
        tensors.forEach((tensor, i) => (known[keep[i] ?? `saved${i - keep.length}`] = tensor));
        return run(known, { half: kernel.backward, attributes });
      },
    };
  });
  return op(...differentiable.map((name) => inputs[name]!)) as T;
}

const isTracing = (): boolean => (tf.getKernel(FUSED, tf.getBackend()) as unknown) !== undefined;

/** Attributes are passed to the back end unchanged; TensorFlow.js' type expects plain values. */
const run = (inputs: Record<string, tf.Tensor>, brought: FusedAttributes): tf.Tensor[] =>
  [
    tf
      .engine()
      .runKernel<tf.Tensor | tf.Tensor[]>(FUSED, inputs, { ...brought } as object as tf.NamedAttrMap),
  ].flat();
