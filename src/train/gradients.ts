/** The loss of a mini-batch and its gradients: at once, or by chunks where the batch is too large for the memory. */
import { SessionCache } from '../engine/cache.js';
import { compile } from '../engine/compile.js';
import type { Device } from '../engine/device.js';
import { eager } from '../engine/eager.js';
import { Room } from '../engine/room.js';
import { signatureKey, sizeOf, type Arrays } from '../engine/session.js';
import type { Batch } from '../sample/batch.js';
import { positionOf } from '../encode/pack.js';
import type { Layout } from '../encode/sequences.js';
import type { Parameter } from '../model/optimisers/adamw.js';
import type { Encoder } from '../model/encoders/encoder.js';
import type { OhnmOptions } from '../model/losses/ohnm-triplet.js';
import { Random } from '../random.js';
import type { Tensors } from '../formats/safetensors.js';
import { InputError } from '../errors.js';
import { arrange, roomFor } from '../encode/arrange.js';
import { chunksOf, type Chunk } from './chunks.js';
import { DeviceSteps, holdsParameters, type Rates } from './device-steps.js';
import { dropoutArrays } from './dropout.js';
import { denseFeeds, rowsOf, tableFeeds } from '../encode/feeds.js';
import { addRows } from '../encode/table-rows.js';
import { backwardStep, encodeStep, lossStep, wholeStep, type Step } from './step.js';
import { textArrays } from '../encode/texts.js';

export interface GradientsOptions {
  encoder: Encoder;
  loss: OhnmOptions;
  /** Threads inside one step. */
  threads: number;
  /** Of dropout. */
  seed: number;
  /**
   * Bytes that a backward pass may keep; default 512 MiB, on a device of its own 8 GiB. A batch that needs more goes by
   * chunks of half of it: the session that encodes them and the sums of their gradients take memory, too.
   */
  memory?: number;
  /** Default `cpu`. On `webgpu` the dense parameters are given in `parameters` once, and updated there. */
  device?: Exclude<Device, 'auto'>;
  parameters?: Readonly<Record<string, Parameter>>;
  /** Sizes of an earlier one's `room`, to go on with its shapes. */
  room?: Readonly<Record<string, number>> | undefined;
}

export interface BatchGradients {
  loss: number;
  /** The texts' embeddings, `[B, dim]`, of unit length. */
  texts: Float32Array;
  /** By parameter: of a dense one all (none that a device has updated), of a table the rows `batch.tokens.ids` (`batch.auxiliary.ids`). */
  gradients: Record<string, Float32Array>;
}

/** The parameters as they are; tables are the encoder's. */
export interface Values {
  parameters: Tensors;
  /** The batch's auxiliary vectors alone, `[batch.auxiliary.ids.length, dim]`. */
  auxiliary?: Float32Array | undefined;
}

/** Owns the compiled steps. What it returns is valid until the next call. */
export class Gradients implements AsyncDisposable {
  readonly #options: GradientsOptions;
  readonly #tokens: number;
  readonly #steps: DeviceSteps | undefined;
  readonly #room: Room;
  /** One of each kind: what a session has allocated stays allocated, so one of a shape outgrown must go. */
  readonly #sessions = {
    whole: new SessionCache({ capacity: 1 }),
    encode: new SessionCache({ capacity: 1 }),
    loss: new SessionCache({ capacity: 1 }),
    backward: new SessionCache({ capacity: 1 }),
  };

  constructor(options: GradientsOptions) {
    const { encoder, device = 'cpu', parameters = {} } = options;
    this.#room = new Room(options.room);
    this.#options = options;
    if (holdsParameters(device)) this.#steps = new DeviceSteps(encoder, device, parameters);
    const { memory = device === 'webgpu' || device === 'cuda' ? 2 ** 33 : 2 ** 29 } = options;
    this.#tokens = Math.floor(memory / (4 * encoder.kept));
  }

  /** Steps compiled for different shapes so far. */
  get compiled(): number {
    return Object.values(this.#sessions).reduce((sum, { compiled }) => sum + compiled, 0);
  }

  async of(batch: Batch, values: Values, rates?: Rates): Promise<BatchGradients> {
    const layout = arrange(batch.tokens, this.#options.encoder, this.#room);
    if (!this.#options.encoder.attends || layout.sequences * layout.width <= this.#tokens)
      return this.#whole(batch, values, layout, rates);
    if (this.#steps)
      throw new InputError(
        `batch: expected at most ${this.#tokens} tokens on a device, got ${layout.sequences * layout.width}`,
      );
    const sequences = Math.max(1, Math.floor(this.#tokens / 2 / layout.width));
    return this.#byChunks(batch, values, layout, sequences);
  }

  async #whole(
    batch: Batch,
    { parameters, auxiliary }: Values,
    layout: Layout,
    rates: Rates | undefined,
  ): Promise<BatchGradients> {
    const { encoder, loss } = this.#options;
    const pairs = this.#pairs(batch, auxiliary);
    const shape = {
      rows: rowsOf(encoder, batch.tokens.ids.length, this.#room),
      texts: 2 * batch.rows.length,
      width: layout.width,
      sequences: roomFor(layout, this.#room),
    };
    const step = wholeStep(encoder, { ...shape, ...pairs.shape }, loss);
    const feeds = {
      ...pairs.feeds,
      ...tableFeeds(encoder, batch.tokens, parameters, shape),
      ...textArrays(batch.tokens, layout, shape),
      ...dropoutArrays(encoder, shape, this.#random(batch)),
    };
    if (this.#steps) return collect(await this.#steps.run(step, feeds, rates!));
    return collect(await this.#run('whole', step, { ...feeds, ...denseFeeds(encoder, parameters) }));
  }

  /** Gradient caching: all embeddings by chunks, the loss over them, then each chunk again with its gradient. */
  async #byChunks(
    batch: Batch,
    { parameters, auxiliary }: Values,
    layout: Layout,
    sequences: number,
  ): Promise<BatchGradients> {
    const { encoder, loss } = this.#options;
    const { dim, tables } = encoder;
    const { ids } = batch.tokens;
    const chunks = chunksOf(batch.tokens, layout, sequences);
    const most = (count: (chunk: Chunk) => number): number => Math.max(...chunks.map(count));
    const shape = {
      rows: rowsOf(
        encoder,
        most(({ tokens }) => tokens.ids.length),
        this.#room,
      ),
      texts: this.#room.fit(
        'texts',
        most(({ texts }) => texts.length),
      ),
      width: layout.width,
      sequences,
    };
    const dense = denseFeeds(encoder, parameters);
    const feedsOf = ({ tokens, begin }: Chunk, index: number): Arrays => ({
      ...dense,
      ...tableFeeds(encoder, tokens, parameters, shape),
      ...textArrays(tokens, { begin }, shape),
      ...dropoutArrays(encoder, shape, this.#random(batch, index)), // both times the same
    });

    const embeddings = new Float32Array(2 * batch.rows.length * dim);
    const encode = encodeStep(encoder, shape);
    for (const [index, chunk] of chunks.entries()) {
      const { embeddings: own } = await this.#run('encode', encode, feedsOf(chunk, index));
      chunk.texts.forEach((text, i) => {
        embeddings.set(own!.subarray(i * dim, (i + 1) * dim), text * dim);
      });
    }

    const pairs = this.#pairs(batch, auxiliary);
    const judged = await this.#run('loss', lossStep(encoder, pairs.shape, loss), {
      ...pairs.feeds,
      embeddings,
    });
    const { gradients: own, ...rest } = collect(judged);
    const { embeddings: byEmbedding, ...byAuxiliary } = own;

    const backward = backwardStep(encoder, shape);
    const sums = noGradients(encoder, ids.length);
    for (const [index, chunk] of chunks.entries()) {
      const gradient = new Float32Array(shape.texts * dim);
      chunk.texts.forEach((text, i) => {
        gradient.set(byEmbedding!.subarray(text * dim, (text + 1) * dim), i * dim);
      });
      const { gradients: part } = collect(
        await this.#run('backward', backward, { ...feedsOf(chunk, index), gradient }),
      );
      const rows = chunk.tokens.ids.map((id) => positionOf(ids, id));
      for (const [name, values] of Object.entries(part)) {
        const width = tables[name];
        const all = { rows: Int32Array.of(0), dim: values.length };
        addRows(sums[name]!, values, width === undefined ? all : { rows, dim: width });
      }
    }
    return { ...rest, gradients: { ...byAuxiliary, ...sums } };
  }

  #random({ epoch, step }: Batch, chunk = 0): Random {
    return Random.of(this.#options.seed, 'dropout', epoch, step, chunk);
  }

  async #run(
    kind: 'whole' | 'encode' | 'loss' | 'backward',
    { signature, fn }: Step,
    feeds: Arrays,
  ): Promise<Arrays> {
    const { threads, device = 'cpu' } = this.#options;
    const session = await this.#sessions[kind].get(signatureKey(signature), () =>
      device === 'tensorflow'
        ? eager(fn, signature, { backend: 'tensorflow' })
        : compile(fn, signature, { threads, device }),
    );
    return session.run(feeds);
  }

  #pairs({ rows, target, auxiliary }: Batch, vectors: Float32Array | undefined) {
    const { dim } = this.#options.encoder;
    const shape = { batch: rows.length, auxiliary: auxiliary !== undefined };
    const feeds: Arrays = { target };
    if (auxiliary) {
      const filled = new Float32Array(rows.length * dim);
      filled.set(vectors!);
      feeds['rows/auxiliary'] = filled;
      feeds['auxiliary.row'] = auxiliary.row;
    }
    return { shape, feeds };
  }

  /** Sizes of shapes so far. */
  get room(): Record<string, number> {
    return this.#room.sizes;
  }

  /** Copies into `parameters` what a device has made of them. */
  async copyInto(parameters: Readonly<Record<string, Parameter>>): Promise<void> {
    await this.#steps?.copyInto(parameters);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#steps?.[Symbol.asyncDispose]();
    for (const sessions of Object.values(this.#sessions)) await sessions[Symbol.asyncDispose]();
  }
}

/** Zeros for the gradient of each parameter; of a table's, for so many rows. */
const noGradients = ({ dense, tables }: Encoder, rows: number): Record<string, Float32Array> =>
  Object.fromEntries([
    ...Object.entries(dense).map(([name, shape]) => [name, new Float32Array(sizeOf(shape))] as const),
    ...Object.entries(tables).map(([name, dim]) => [name, new Float32Array(rows * dim)] as const),
  ]);

function collect({ loss, texts, ...outputs }: Arrays): BatchGradients {
  const prefix = 'gradient/'.length;
  return {
    loss: loss?.[0] ?? 0,
    texts: texts as Float32Array,
    gradients: Object.fromEntries(
      Object.entries(outputs).map(([name, values]) => [name.slice(prefix), values as Float32Array]),
    ),
  };
}
