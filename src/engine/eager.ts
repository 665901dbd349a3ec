import * as tf from '@tensorflow/tfjs';
import { BackendError } from '../errors.js';
import {
  allocate,
  checkSignature,
  isDType,
  openSession,
  toData,
  type Arrays,
  type Session,
  type Signature,
  type TensorFunction,
} from './session.js';

export interface EagerOptions {
  /**
   * `cpu` is plain JavaScript and always available; `wasm` needs `@tensorflow/tfjs-backend-wasm`; `tensorflow` needs
   * `@tensorflow/tfjs-node-gpu` or `@tensorflow/tfjs-node`. Default `cpu`.
   */
  backend?: 'cpu' | 'wasm' | 'tensorflow';
}

/** The packages that register each back end, best first. The user has to install all but the first row's. */
const packages = {
  cpu: ['@tensorflow/tfjs'],
  wasm: ['@tensorflow/tfjs-backend-wasm'],
  tensorflow: ['@tensorflow/tfjs-node-gpu', '@tensorflow/tfjs-node'],
} as const;

/**
 * Like `compile`, but each run calls the function itself on a TensorFlow.js back end: the reference that compiled functions
 * are tested against, and the way to a GPU through native TensorFlow. `fn` is called once on zeros, to learn its outputs.
 * @throws BackendError when the back end's package is missing or does not start; whatever `fn` throws.
 */
export async function eager(
  fn: TensorFunction,
  signature: Signature,
  { backend = 'cpu' }: EagerOptions = {},
): Promise<Session> {
  checkSignature(signature);
  await started(backend);
  const call = <T>(feeds: Arrays, read: (outputs: Record<string, tf.Tensor>) => T): T =>
    within(backend, () => read(fn(tensors(signature, feeds))));
  const outputs = call(mapValues(signature, allocate), (results) => mapValues(results, specOf));
  return openSession({
    inputs: signature,
    outputs,
    run: async (feeds) => call(feeds, (results) => mapValues(results, dataOf)),
    release: async () => undefined,
  });
}

type Backend = keyof typeof packages;

/** Back ends that have started or are starting. */
const starts = new Map<Backend, Promise<void>>();

function started(backend: Backend): Promise<void> {
  let start = starts.get(backend);
  if (start === undefined) {
    start = startBackend(backend);
    starts.set(backend, start);
    start.catch(() => starts.delete(backend));
  }
  return start;
}

async function startBackend(backend: Backend): Promise<void> {
  const { registry } = tf.engine();
  const causes: unknown[] = [];
  for (const name of packages[backend]) {
    try {
      await import(name);
      // Not by setBackend: it would switch everyone else to the back end before it has started.
      registry[backend] ??= await tf.findBackendFactory(backend)();
      return;
    } catch (error) {
      causes.push(error);
    }
  }
  throw new BackendError(
    `backend ${backend}: could not load ${packages[backend].join(' or ')}; is it installed?`,
    { cause: causes.length > 1 ? new AggregateError(causes) : causes[0] },
  );
}

/** Runs `work` on a back end, frees its tensors, and restores the previous back end. */
function within<T>(backend: string, work: () => T): T {
  const engine = tf.engine();
  const previous = engine.backendName as string | undefined;
  if (previous !== backend) void tf.setBackend(backend); // synchronous: it has been started
  engine.startScope();
  try {
    return work();
  } finally {
    engine.endScope();
    if (previous && previous !== backend) void tf.setBackend(previous);
  }
}

const tensors = (signature: Signature, feeds: Arrays): Record<string, tf.Tensor> =>
  mapValues(signature, ({ shape, dtype }, name) => tf.tensor(feeds[name]!, [...shape], dtype));

function specOf({ dtype, shape }: tf.Tensor, name: string): Signature[string] {
  if (!isDType(dtype)) throw new RangeError(`output ${name}: expected float32, int32 or bool, got ${dtype}`);
  return { dtype, shape };
}

/** A copy: a result may be the very array that was fed. */
const dataOf = (tensor: tf.Tensor) => toData(tensor.dtype as 'float32', tensor.dataSync());

const mapValues = <In, Out>(
  record: Readonly<Record<string, In>>,
  map: (value: In, key: string) => Out,
): Record<string, Out> =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value, key)]));
