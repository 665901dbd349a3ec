/** Groups of options that systems share; see also `EncoderOptions` in `initial-model.ts`. */
import * as z from 'zod';
import { dataOption, integer, threadsOption } from '../command/common.js';
import { InputError } from '../errors.js';
import { DEVICES } from '../engine/device.js';

/** The data set and the run. */
export const PlaceOptions = z.object({
  data: dataOption(),
  run: z.string().meta({ description: 'folder of the run', value: 'DIR' }),
  resume: z.boolean().default(false).meta({
    description:
      'fail unless there is a stopped run to resume (without the flag a stopped run is resumed if there is one)',
  }),
});

/** Rankers of several sources. */
export const FUSIONS = ['boosted', 'published'] as const;

/** Sources of labels, in the order in which they are built. */
export const SOURCES = ['encoder', 'neighbours', 'classifier', 'words', 'names', 'word-neighbours'] as const;
export type SourceName = (typeof SOURCES)[number];

const sourceOptions = (sources: readonly SourceName[], fuse: (typeof FUSIONS)[number]) =>
  z.object({
    sources: z
      .array(z.enum(SOURCES))
      .min(1)
      .default([...sources])
      .meta({
        description: 'sources of labels, separated by commas; what several find is ranked together',
        value: 'NAME,…',
      }),
    fuse: z
      .enum(FUSIONS)
      .default(fuse)
      .meta({
        description:
          'how several sources are ranked: by boosted trees, or as published in NGAME (encoder and classifier only)',
        value: FUSIONS.join('|'),
      }),
    seed: integer(0).default(0).meta({ description: 'random seed' }),
  });

/**
 * By default all sources but the classifiers, which bring the ranking little for their time
 * (docs/decisions/0015-default-sources.md); or those of NGAME and DEXA as published.
 */
export const SourceOptions = sourceOptions(
  SOURCES.filter((name) => name !== 'classifier'),
  'boosted',
);
export const PublishedOptions = sourceOptions(['encoder', 'classifier'], 'published');
export type SourceOptions = z.output<typeof SourceOptions>;

/** @throws InputError if a source is listed twice, or the published fusion is to rank other sources than its own. */
export function checkFusion({ sources, fuse }: SourceOptions): void {
  const twice = sources.find((name, i) => sources.indexOf(name) !== i);
  if (twice !== undefined) throw new InputError(`sources: expected each once, got ${twice} twice`);
  if (fuse === 'published' && sources.toSorted().join() !== 'classifier,encoder')
    throw new InputError(`fuse: published ranks encoder,classifier, got the sources ${sources.join()}`);
}

export const AuxiliaryOptions = z.object({
  aux: integer(0).optional().meta({
    description:
      'auxiliary vectors that rare labels share; 0 trains NGAME; default: 2048, fewer if few labels are rare',
  }),
  auxMemory: integer(1)
    .default(64)
    .meta({ description: 'maximum MiB of auxiliary vectors in memory; the others are on disk' }),
  headMinCount: integer(1).default(8).meta({
    description: 'labels with at least this many training texts have an auxiliary vector of their own',
  }),
});

export const TrainingOptions = z.object({
  loss: z.enum(['softmax', 'triplet']).default('softmax').meta({
    description: 'of the encoder: cross entropy in the mini-batch, or the published triplet loss',
    value: 'softmax|triplet',
  }),
  epochs: integer(1, 10_000).optional().meta({
    description: 'passes over the training texts; default: 10, down to 3 for many texts',
  }),
  steps: integer(1).optional().meta({ description: 'maximum training steps of the encoder; default: all' }),
  batch: integer(1, 16_384).optional().meta({
    description: 'texts per step, at most all; default: 1024, or a twentieth of fewer texts',
  }),
  lr: z
    .number()
    .positive()
    .optional()
    .meta({ description: 'peak learning rate; default: 0.004 for a bag, else 0.0002' }),
  final: z.enum(['last', 'best']).default('last').meta({
    description: 'encoder to keep: of the last epoch, or of the epoch with the lowest loss',
    value: 'last|best',
  }),
});

export const ClassifierOptions = z.object({
  classifierLoss: z.enum(['softmax', 'triplet']).default('softmax').meta({
    description: 'of module 2: cross entropy of all positives, or the published triplet loss',
    value: 'softmax|triplet',
  }),
  classifierEpochs: integer(1, 10_000).default(20).meta({ description: 'epochs of module 2' }),
  classifierBatch: integer(1, 16_384).optional().meta({
    description: 'texts per step of module 2, at most all; default: 512, or a twentieth of fewer texts',
  }),
  classifierLr: z.number().positive().default(1e-3).meta({ description: 'peak learning rate of module 2' }),
  classifierMemory: integer(1)
    .default(1024)
    .meta({ description: 'maximum MiB of classifiers in memory; the others are on disk' }),
});

export type ClassifierOptions = z.output<typeof ClassifierOptions>;

export const ResourceOptions = z.object({
  embeddings: z
    .enum(['f32', 'f16'])
    .default('f32')
    .meta({ description: 'precision of embeddings on disk', value: 'f32|f16' }),
  checkpointMinutes: z.number().positive().default(10).meta({
    description:
      'minutes between checkpoints; epochs also end with one unless that takes over 3 % of the time',
  }),
  threads: threadsOption(),
  device: z
    .enum(DEVICES)
    .default('auto')
    .meta({
      description: 'where steps run; auto: a GPU if it computes the same as the CPU, else the CPU',
      value: DEVICES.join('|'),
    }),
  store: z.string().optional().meta({
    description:
      'folder for tokenized texts, shared between runs; default: in the run, removed after training',
    value: 'DIR',
  }),
});
export type ResourceOptions = z.output<typeof ResourceOptions>;
