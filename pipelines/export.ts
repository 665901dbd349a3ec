/** Exports a trained run for other systems: a Hugging Face folder with ONNX, and the label embeddings. */
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { command, runIfMain } from '../src/command/command.js';
import { outOption, runOption } from '../src/command/common.js';
import { checkOptions } from '../src/command/options.js';
import { exportModel } from '../src/export/export-model.js';
import { createFolder } from '../src/files/atomic-folder.js';
import { DIGESTS_FILE, recordsOf } from '../src/files/file-record.js';
import { sealed } from '../src/files/seal.js';
import { writeJson } from '../src/files/write-json.js';
import { Matrix } from '../src/formats/npy.js';
import { openRun, vectorsOf } from '../src/sources/run.js';
import { print } from '../src/files/standard-output.js';

export const ExportOptions = z.object({ run: runOption(), out: outOption() });
export type ExportOptions = z.input<typeof ExportOptions>;

/** What was exported. */
export interface Exported {
  labels: number;
  /** Dimensions of an embedding. */
  dim: number;
}

/**
 * Creates the folder: `config.json`, `model.safetensors`, the tokenizer's files, `1_Pooling/`, `onnx/model.onnx`, and
 * `labels.npy`, float32 `[labels, dim]`: the label embeddings with their auxiliary vectors added, of unit length.
 */
export async function exportRun(given: ExportOptions): Promise<Exported> {
  const { run, out } = checkOptions(ExportOptions, given);
  const [source] = vectorsOf(openRun(run));
  const { model, labels } = source.files;
  using embeddings = Matrix.open(labels, 'float32');
  await createFolder({ dir: out, what: 'an exported model' }, async (partial) => {
    exportModel(partial, { from: model });
    await copyFile(labels, join(partial, 'labels.npy'));
    await writeJson(join(partial, DIGESTS_FILE), sealed({ files: await recordsOf(partial) }));
  });
  return { labels: embeddings.rows, dim: embeddings.cols };
}

export const exportCommand = command({
  name: 'export',
  summary: 'Export a trained run as a Hugging Face folder with ONNX',
  options: ExportOptions,
  async run(options) {
    const { labels, dim } = await exportRun(options);
    await print(`${options.out}: the encoder and ${labels} labels of ${dim} dimensions\n`);
  },
});
await runIfMain(import.meta.url, exportCommand);
