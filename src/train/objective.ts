/** What a method trains: its parameters, and its loss as a function of tensors. One `Trainer` runs them all. */
import type * as tf from '@tensorflow/tfjs';
import type { Device } from '../engine/device.js';
import type { FitOptions } from '../engine/room.js';
import type { Arrays, Data } from '../engine/session.js';
import type { Packed } from '../encode/pack.js';
import type { Encoder } from '../model/encoders/encoder.js';
import type { Rule } from '../model/optimisers/rule.js';
import type { BatchPlan } from '../sample/reader.js';

/** In memory, fed completely; `data` is changed in place. Without a rule, a step reads it but has no gradient by it. */
export interface MemoryParameter {
  at: 'memory';
  shape: readonly number[];
  data: Float32Array;
  rule?: Rule;
}

/** In memory, `[rows, dim]`, changed in place; a step is fed the rows that its batch uses. */
export interface TableParameter {
  at: 'table';
  shape: readonly number[];
  data: Float32Array;
  rule: Rule;
}

/** On disk, `[rows, dim]`; a step is fed the rows that its batch uses. */
export interface DiskParameter {
  at: 'disk';
  shape: readonly number[];
  /** The float32 `.npy` to create for the rows and their moments. */
  path: string;
  /** Maximum bytes of them in memory. */
  memory: number;
  /** Initial values of the rows `ids`, `[ids.length, dim]`. */
  initial: (ids: Int32Array) => Float32Array;
  rule: Rule;
}

export type ParameterSpec = MemoryParameter | TableParameter | DiskParameter;

export type Named = Readonly<Record<string, tf.Tensor>>;

export interface Input {
  shape: readonly number[];
  /** Row-major: float32, int32 or boolean. */
  data: Data;
}

export interface UsedRows {
  /** Distinct rows. */
  ids: Int32Array;
  /** Number of rows fed to the step: those of `ids`, then zeros. */
  count: number;
}

export interface BatchInputs {
  /** Rows used, for each table and disk parameter that is not the encoder's. */
  rows: Readonly<Record<string, UsedRows>>;
  /**
   * One or more sets of inputs of the same names and shapes; loss and gradients are the means over them. Only one if there
   * is an encoder or the loss keeps something.
   */
  parts: readonly Readonly<Record<string, Input>>[];
}

/** Returns a size of at least `needed` that seldom changes for a name, because each new shape is compiled. */
export type Fit = (name: string, needed: number, options?: FitOptions) => number;

/** Names of parameters and inputs are free, except those of the encoder's parameters. */
export interface Objective<Batch extends BatchPlan = BatchPlan> {
  readonly parameters: Readonly<Record<string, ParameterSpec>>;
  /**
   * Texts whose embeddings the loss takes, the same number in each batch; parameters have the encoder's names. The texts are
   * encoded by chunks if a batch is too large for the memory (gradient caching).
   */
  readonly texts?: { encoder: Encoder; of: (batch: Batch) => Packed };
  inputs(batch: Batch, fit: Fit): BatchInputs;
  /** A pure function of tensors. `embeddings` are `[texts, dim]`, not normalised; `keep` is passed to `after`. */
  loss(parameters: Named, inputs: Named, embeddings?: tf.Tensor2D): { loss: tf.Scalar; keep?: Named };
  /** Changes parameters without a rule before each step, for example by a power iteration. */
  before?(): void;
  /** Called after each step with what the loss kept, for example to update a memory bank. */
  after?(kept: Arrays, batch: Batch): void;
  /** Called before a checkpoint: syncs to disk what `after` wrote. */
  flush?(): void;
  /** Writes the trained parameters; `rows` yields all rows of a disk parameter, in blocks of `[…, dim]`. */
  save(path: string, rows: (name: string) => Iterable<Float32Array>): Promise<void>;
  [Symbol.dispose]?(): void;
}

/**
 * The default export of an objective's file, which the trainer's thread loads by its URL. `options` must survive structured
 * cloning.
 */
export type MakeObjective<Options, Batch extends BatchPlan> = (
  options: Options,
  trainer: { seed: number; device: Exclude<Device, 'auto'> },
) => Objective<Batch>;
