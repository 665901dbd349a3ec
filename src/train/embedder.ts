import * as tf from '@tensorflow/tfjs';
import { SessionCache } from '../engine/cache.js';
import { compile } from '../engine/compile.js';
import { signatureKey, type Arrays, type Signature } from '../engine/session.js';
import { Room } from '../engine/room.js';
import { pack, pad } from '../mining/pack.js';
import type { Encoder } from '../model/encoder.js';
import { encoderOf } from '../model/encoders.js';
import { loadModel } from '../model/folder.js';
import { normalise } from '../model/similarity.js';
import { listCount, type Lists } from '../store/ragged.js';
import type { Tensors } from '../store/safetensors.js';
import { fillRows } from './rows.js';

export interface EmbedderOptions {
  /** Folder of the model. */
  model: string;
  /** Threads inside one batch. */
  threads: number;
}

/** Texts to unit vectors with a trained model: E(text), or for labels E(text) + a. */
export class Embedder implements AsyncDisposable {
  readonly #encoder: Encoder;
  readonly #parameters: Tensors;
  readonly #threads: number;
  readonly #room = new Room();
  readonly #sessions = new SessionCache({ capacity: 1 }); // a new one when the room has grown

  constructor({ model, threads }: EmbedderOptions) {
    const { config, parameters } = loadModel(model);
    this.#encoder = encoderOf(config);
    this.#parameters = parameters;
    this.#threads = threads;
  }

  /**
   * `[texts, dim]`, rows of unit length (zero for a text without tokens). `auxiliary` is each label's row of
   * the auxiliary vectors: for labels only, and only if the model has such vectors.
   */
  async embed(tokens: Lists, auxiliary?: Int32Array): Promise<Float32Array> {
    const { dim } = this.#encoder;
    const count = listCount(tokens);
    const feeds = this.#feeds(tokens, auxiliary);
    const signature = this.#signature(feeds);
    const session = await this.#sessions.get(signatureKey(signature), () =>
      compile((inputs) => ({ vectors: this.#encode(inputs) }), signature, { threads: this.#threads }),
    );
    const { vectors } = await session.run(feeds);
    return (vectors as Float32Array).slice(0, count * dim);
  }

  #feeds(tokens: Lists, auxiliary: Int32Array | undefined): Arrays {
    const { dim, tables } = this.#encoder;
    const packed = pack(tokens);
    const texts = this.#room.fit('texts', listCount(tokens));
    const { ids, row, text, scale } = pad(packed, {
      tokens: this.#room.fit('tokens', packed.row.length),
      texts,
    });
    const feeds: Arrays = { row, text, scale };
    for (const [name, { data }] of Object.entries(this.#parameters)) {
      if (tables.includes(name))
        feeds[name] = fillRows(data, dim, { ids, count: this.#room.fit(name, ids.length) });
      else if (name !== 'auxiliary') feeds[name] = data;
      else if (auxiliary) feeds[name] = fillRows(data, dim, { ids: auxiliary, count: texts });
    }
    return feeds;
  }

  #signature({ row, text, scale, ...parameters }: Arrays): Signature {
    const { dim, tables } = this.#encoder;
    const shapeOf = (name: string, { length }: { length: number }) =>
      tables.includes(name) || name === 'auxiliary' ? [length / dim, dim] : this.#parameters[name]!.shape;
    return {
      row: { dtype: 'int32', shape: [row!.length] },
      text: { dtype: 'int32', shape: [text!.length] },
      scale: { dtype: 'float32', shape: [scale!.length, 1] },
      ...Object.fromEntries(
        Object.entries(parameters).map(([name, data]) => [
          name,
          { dtype: 'float32' as const, shape: shapeOf(name, data) },
        ]),
      ),
    };
  }

  #encode(inputs: Record<string, tf.Tensor>): tf.Tensor2D {
    const scale = inputs['scale'] as tf.Tensor2D;
    const tokens = { row: inputs['row'] as tf.Tensor1D, text: inputs['text'] as tf.Tensor1D, scale };
    const plain = this.#encoder.encode(inputs, tokens);
    const { auxiliary } = inputs;
    const vectors = auxiliary ? tf.add<tf.Tensor2D>(plain, auxiliary) : plain;
    return tf.mul<tf.Tensor2D>(normalise(vectors), tf.step(scale)); // an empty text has no direction
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#sessions[Symbol.asyncDispose]();
  }
}
