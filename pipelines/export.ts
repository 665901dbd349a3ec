/** A trained run as a folder for other systems: the model of Hugging Face's kind, its ONNX form, and all labels. */
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { command, runIfMain } from '../src/command/command.js';
import { outOption, runOption } from '../src/command/common.js';
import { checkOptions } from '../src/command/options.js';
import { exportModel } from '../src/export/export-model.js';
import { makeFolder } from '../src/files/atomic-folder.js';
import { Matrix } from '../src/formats/npy.js';
import { openRun, vectorsOf } from '../src/sources/run.js';

export const ExportOptions = z.object({ run: runOption(), out: outOption() });
export type ExportOptions = z.input<typeof ExportOptions>;

/** What was exported. */
export interface Exported {
  labels: number;
  /** Numbers of an embedding. */
  dim: number;
}

/**
 * Makes the folder: `config.json`, `model.safetensors` and the tokenizer's files, `1_Pooling/`, `onnx/model.onnx`, and
 * `labels.npy`, float32 `[labels, dim]`: the labels' embeddings with their auxiliary vectors, of unit length.
 */
export async function exportRun(given: ExportOptions): Promise<Exported> {
  const { run, out } = checkOptions(ExportOptions, given);
  const [source] = vectorsOf(openRun(run));
  const { model, labels } = source.files;
  using embeddings = Matrix.open(labels, 'float32');
  await makeFolder({ dir: out, what: 'an exported model' }, async (partial) => {
    exportModel(partial, { from: model });
    await copyFile(labels, join(partial, 'labels.npy'));
  });
  return { labels: embeddings.rows, dim: embeddings.cols };
}

export const exportCommand = command({
  name: 'export',
  summary: 'Write a trained run as a Hugging Face folder with ONNX',
  options: ExportOptions,
  async run(options) {
    const { labels, dim } = await exportRun(options);
    process.stdout.write(`the encoder and ${labels} labels, ${dim} numbers each: ${options.out}\n`);
  },
});
await runIfMain(import.meta.url, exportCommand);
