/** The loss of a mini-batch and its gradients: in one pass, or by chunks if the batch is too large for the memory. */
import type { Device } from '../engine/device.js';
import type { Room } from '../engine/room.js';
import { dtypeOf, type Arrays } from '../engine/session.js';
import { arrange, roomFor } from '../encode/arrange.js';
import { denseFeeds, rowsOf, tableFeeds } from '../encode/feeds.js';
import type { Packed } from '../encode/pack.js';
import { pooled, spread, type SeenTexts } from '../encode/pooled.js';
import type { Layout } from '../encode/sequences.js';
import { textArrays } from '../encode/texts.js';
import { InputError } from '../errors.js';
import type { Tensors } from '../formats/safetensors.js';
import type { Encoder } from '../model/encoders/encoder.js';
import { Random } from '../random.js';
import { backThroughChunks, chunksOf, encodeChunks, type Chunk, type ChunkedTexts } from './chunks.js';
import type { DeviceSteps } from './device-steps.js';
import { dropoutArrays } from './dropout.js';
import type { BatchInputs, Objective } from './objective.js';
import { StepSessions } from './sessions.js';
import { lossStep, wholeStep, type LossShape } from './step.js';

export interface GradientsOptions {
  objective: Pick<Objective, 'parameters' | 'loss'> & { texts?: { encoder: Encoder } };
  /** Threads within one step. */
  threads: number;
  /** Seed of dropout. */
  seed: number;
  /**
   * Bytes that a backward pass may keep; default 512 MiB, on a device 8 GiB. A batch that needs more is computed by chunks
   * of half of it, because the session that encodes them and the sums of their gradients take memory, too.
   */
  memory?: number | undefined;
  device?: Exclude<Device, 'auto'> | undefined;
  /** Set if parameters stay on the device. */
  steps?: DeviceSteps | undefined;
  room: Room;
}

/** A mini-batch, as prepared by the objective. */
export interface BatchValues {
  epoch: number;
  step: number;
  tokens?: Packed | undefined;
  inputs: BatchInputs;
  /** The values of `inputs.rows`, `[count, dim]` each. */
  rows: Readonly<Record<string, Float32Array>>;
}

export interface BatchGradients {
  loss: number;
  /** What the loss passes to the objective's `after`. */
  kept: Arrays;
  /** By parameter: of all its values if it is in memory (absent if a device has updated it), otherwise of the rows used. */
  gradients: Record<string, Float32Array>;
}

/** Owns the compiled steps. Results are valid until the next call. */
export class Gradients implements AsyncDisposable {
  readonly #options: GradientsOptions;
  /** The objective's parameters without its encoder's. */
  readonly #own: [name: string, spec: Objective['parameters'][string]][];
  readonly #held: Tensors;
  readonly #tokens: number;
  readonly #sessions: StepSessions;

  constructor(options: GradientsOptions) {
    const { objective, threads, device = 'cpu' } = options;
    const { parameters, texts } = objective;
    this.#options = options;
    const ofEncoder = { ...texts?.encoder.dense, ...texts?.encoder.tables };
    this.#own = Object.entries(parameters).filter(([name]) => !(name in ofEncoder));
    this.#held = Object.fromEntries(
      Object.entries(parameters).flatMap(([name, spec]) => (spec.at === 'disk' ? [] : [[name, spec]])),
    );
    this.#sessions = new StepSessions({ threads, device });
    const { memory = device === 'webgpu' || device === 'cuda' ? 2 ** 33 : 2 ** 29 } = options;
    this.#tokens = texts?.encoder.attends ? Math.floor(memory / (4 * texts.encoder.kept)) : Infinity;
  }

  /** Number of steps compiled so far, one per shape. */
  get compiled(): number {
    return this.#sessions.compiled;
  }

  /** `made`: number of earlier steps. */
  async of(batch: BatchValues, made = 0): Promise<BatchGradients> {
    const { objective, room } = this.#options;
    const { encoder } = objective.texts ?? {};
    if (!encoder || !batch.tokens) return this.#whole(batch, made);
    const { tokens, parameters } = pooled(encoder, batch.tokens, this.#held);
    const layout = arrange(tokens, encoder, room);
    const size = layout.sequences * layout.width;
    if (size <= this.#tokens) {
      const { gradients, ...judged } = await this.#whole(batch, made, {
        encoder,
        tokens,
        parameters,
        layout,
      });
      return { ...judged, gradients: spread(encoder, batch.tokens, gradients) };
    }
    if (this.#options.steps)
      throw new InputError(`batch: expected at most ${this.#tokens} tokens on a device, got ${size}`);
    return this.#byChunks(batch, { encoder, tokens, parameters, layout });
  }

  async #whole(batch: BatchValues, made: number, texts?: ArrangedTexts): Promise<BatchGradients> {
    const { objective, steps } = this.#options;
    const encoding = texts && this.#wholeTexts(batch, texts);
    const step = wholeStep(objective.loss, this.#lossShape(batch.inputs), encoding);
    const feeds = { ...this.#ownFeeds(batch), ...encoding?.feeds };
    const run = (part: Arrays): Promise<Arrays> => {
      const all = { ...feeds, ...part };
      return steps ? steps.run(step, all, made) : this.#sessions.run('whole', step, all);
    };
    return meanOf(batch.inputs.parts.map(partFeeds), run);
  }

  #wholeTexts(batch: BatchValues, { encoder, tokens, parameters, layout }: ArrangedTexts) {
    const { room } = this.#options;
    const shape = {
      rows: rowsOf(encoder, tokens.ids.length, room),
      texts: tokens.offsets.length - 1,
      width: layout.width,
      sequences: roomFor(layout, room),
    };
    const feeds: Arrays = {
      ...denseFeeds(encoder, parameters),
      ...tableFeeds(encoder, tokens, parameters, shape),
      ...textArrays(tokens, layout, shape),
      ...dropoutArrays(encoder, shape, this.#random(batch)),
    };
    return { encoder, shape, feeds };
  }

  /** Gradient caching: all embeddings by chunks, the loss over them, then each chunk again with its gradient. */
  async #byChunks(batch: BatchValues, texts: ArrangedTexts): Promise<BatchGradients> {
    const { loss } = this.#options.objective;
    const sessions = this.#sessions;
    const chunked = this.#chunked(batch, texts);
    const embeddings = await encodeChunks(chunked, sessions);
    const { dim } = texts.encoder;
    const step = lossStep(loss, this.#lossShape(batch.inputs), [embeddings.length / dim, dim]);
    const feeds = { ...this.#ownFeeds(batch), embeddings };
    const { gradients, ...judged } = await meanOf(batch.inputs.parts.map(partFeeds), (part) =>
      sessions.run('loss', step, { ...feeds, ...part }),
    );
    const { embeddings: byEmbedding, ...byOwn } = gradients;
    return {
      ...judged,
      gradients: { ...byOwn, ...(await backThroughChunks(chunked, sessions, byEmbedding!)) },
    };
  }

  #chunked(batch: BatchValues, { encoder, tokens, layout }: ArrangedTexts): ChunkedTexts {
    const { room } = this.#options;
    const { width } = layout;
    const sequences = Math.max(1, Math.floor(this.#tokens / 2 / width));
    const chunks = chunksOf(tokens, layout, sequences);
    const most = (count: (chunk: Chunk) => number): number => Math.max(...chunks.map(count));
    const ids = most(({ tokens }) => tokens.ids.length);
    const texts = room.fit(
      'texts',
      most(({ texts }) => texts.length),
    );
    const shape = { rows: rowsOf(encoder, ids, room), texts, width, sequences };
    const dense = denseFeeds(encoder, this.#held);
    const feedsOf = ({ tokens, begin }: Chunk, index: number): Arrays => ({
      ...dense,
      ...tableFeeds(encoder, tokens, this.#held, shape),
      ...textArrays(tokens, { begin }, shape),
      ...dropoutArrays(encoder, shape, this.#random(batch, index)), // the same in both passes
    });
    return { encoder, tokens, chunks, shape, feedsOf };
  }

  #random({ epoch, step }: BatchValues, chunk = 0): Random {
    return Random.of(this.#options.seed, 'dropout', epoch, step, chunk);
  }

  #lossShape({ rows, parts }: BatchInputs): LossShape {
    const parameters = this.#own.map(([name, spec]) => {
      const [input, shape] =
        spec.at === 'memory'
          ? [`p/${name}`, spec.shape]
          : [`rows/${name}`, [rows[name]!.count, spec.shape[1]!]];
      return [name, { input, shape, trained: spec.rule !== undefined }] as const;
    });
    const inputs = Object.entries(parts[0]!).map(
      ([name, { shape, data }]) => [name, { dtype: dtypeOf(data), shape }] as const,
    );
    return { parameters: Object.fromEntries(parameters), inputs: Object.fromEntries(inputs) };
  }

  #ownFeeds({ rows }: BatchValues): Arrays {
    return Object.fromEntries(
      this.#own.map(([name, spec]) =>
        spec.at === 'memory' ? [`p/${name}`, spec.data] : [`rows/${name}`, rows[name]!],
      ),
    );
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#sessions[Symbol.asyncDispose]();
  }
}

interface ArrangedTexts extends SeenTexts {
  encoder: Encoder;
  layout: Layout;
}

const partFeeds = (part: BatchInputs['parts'][number]): Arrays =>
  Object.fromEntries(Object.entries(part).map(([name, { data }]) => [`batch/${name}`, data]));

/** The mean over parts that are computed one after another. */
async function meanOf(
  parts: readonly Arrays[],
  run: (part: Arrays) => Promise<Arrays>,
): Promise<BatchGradients> {
  const [first, ...others] = parts;
  const result = collect(await run(first!));
  if (others.length === 0) return result;
  const share = (values: Float32Array): Float32Array => values.map((x) => x / parts.length);
  const gradients = Object.entries(result.gradients).map(([name, values]) => [name, share(values)] as const);
  let loss = result.loss / parts.length;
  for (const part of others) {
    const own = collect(await run(part));
    loss += own.loss / parts.length;
    for (const [name, sum] of gradients) {
      const values = own.gradients[name]!;
      for (let i = 0; i < sum.length; i++) sum[i]! += values[i]! / parts.length;
    }
  }
  return { loss, kept: {}, gradients: Object.fromEntries(gradients) };
}

function collect({ loss, ...outputs }: Arrays): BatchGradients {
  const under = (prefix: string) =>
    Object.fromEntries(
      Object.entries(outputs)
        .filter(([name]) => name.startsWith(prefix))
        .map(([name, values]) => [name.slice(prefix.length), values as Float32Array]),
    );
  return { loss: loss![0]!, kept: under('kept/'), gradients: under('gradient/') };
}
