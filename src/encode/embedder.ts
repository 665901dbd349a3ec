import * as tf from '@tensorflow/tfjs';
import { SessionCache } from '../engine/cache.js';
import { compile } from '../engine/compile.js';
import { signatureKey, type Arrays, type Signature } from '../engine/session.js';
import { Room } from '../engine/room.js';
import { pack } from './pack.js';
import { pooled } from './pooled.js';
import type { Encoder } from '../model/encoders/encoder.js';
import { encoderOf } from './encoders.js';
import { auxiliaryFile, loadModel } from './model-folder.js';
import { normalise } from '../model/layers/normalise.js';
import { isThere } from '../files/is-there.js';
import { Matrix } from '../formats/npy.js';
import { listCount, type Lists } from '../formats/lists.js';
import type { Tensors } from '../formats/safetensors.js';
import { arrange, roomFor } from './arrange.js';
import { denseFeeds, rowsOf, tableFeeds } from './feeds.js';
import { encoderSignature, parametersOf, type EncoderShape } from './signature.js';
import { textArrays, tokensOf } from './texts.js';

export interface EmbedderOptions {
  /** Folder of the model. */
  model: string;
  /** Threads within one batch. */
  threads: number;
}

/** Up to this many texts have sizes of their own: a single text is not slowed down by the batches before it. */
const FEW = 8;

/** Embeds texts as unit vectors with a trained model: E(text), or for labels E(text) + a, both normalised. */
export class Embedder implements AsyncDisposable {
  readonly #encoder: Encoder;
  readonly #parameters: Tensors;
  /** Auxiliary vectors, if the model has them. */
  readonly #auxiliary: Matrix<'float32'> | undefined;
  readonly #threads: number;
  readonly #rooms = { few: new Room(), many: new Room() };
  readonly #sessions = new SessionCache({ capacity: 2 }); // one each, replaced when the sizes have grown

  constructor({ model, threads }: EmbedderOptions) {
    const { config, parameters } = loadModel(model);
    this.#encoder = encoderOf(config);
    this.#parameters = parameters;
    const path = auxiliaryFile(model);
    if (isThere(path)) this.#auxiliary = Matrix.open(path, 'float32');
    this.#threads = threads;
  }

  /**
   * `[texts, dim]`, rows of unit length (zero for a text without tokens). `auxiliary` maps each label to its row of the
   * auxiliary vectors: for labels only; ignored if the model has no such vectors.
   */
  async embed(tokens: Lists, auxiliary?: Int32Array): Promise<Float32Array> {
    const { dim } = this.#encoder;
    const { tokens: packed, parameters } = pooled(this.#encoder, pack(tokens), this.#parameters);
    const count = listCount(tokens);
    const room = count <= FEW ? this.#rooms.few : this.#rooms.many;
    const layout = arrange(packed, this.#encoder, room);
    const shape: EncoderShape = {
      texts: room.fit('texts', count),
      width: layout.width,
      sequences: roomFor(layout, room),
      rows: rowsOf(this.#encoder, packed.ids.length, room),
    };
    const own = auxiliary && this.#auxiliary?.gather(auxiliary, new Float32Array(shape.texts * dim));
    const signature: Signature = {
      ...encoderSignature(this.#encoder, shape),
      ...(own && { auxiliary: { dtype: 'float32', shape: [shape.texts, dim] } }),
    };
    const session = await this.#sessions.get(signatureKey(signature), () =>
      compile((inputs) => ({ vectors: this.#encode(inputs, shape) }), signature, { threads: this.#threads }),
    );
    const feeds: Arrays = {
      ...textArrays(packed, layout, shape),
      ...denseFeeds(this.#encoder, parameters),
      ...tableFeeds(this.#encoder, packed, parameters, shape),
      ...(own && { auxiliary: own }),
    };
    const { vectors } = await session.run(feeds);
    return (vectors as Float32Array).slice(0, count * dim);
  }

  #encode(inputs: Record<string, tf.Tensor>, shape: EncoderShape): tf.Tensor2D {
    const tokens = tokensOf(inputs, shape);
    const plain = this.#encoder.encode(parametersOf(inputs, this.#encoder), tokens);
    const { auxiliary } = inputs;
    const vectors = auxiliary ? tf.add<tf.Tensor2D>(plain, auxiliary) : plain;
    return tf.mul<tf.Tensor2D>(normalise(vectors), tf.step(tokens.scale)); // an empty text has no direction
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#auxiliary?.[Symbol.dispose]();
    await this.#sessions[Symbol.asyncDispose]();
  }
}
