/**
 * Exports a trained model for other libraries: a Hugging Face folder with weights and the encoder as ONNX. An encoder that
 * is not BERT still declares `model_type` bert, because transformers.js then runs it; its own fields stay, so it can be
 * loaded here. It gets no `modules.json`, because sentence-transformers would load it as BERT.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as z from 'zod';
import { encodeModel } from '../engine/onnx.js';
import { readHashedWords } from '../encode/hashed-words.js';
import { loadModel, saveModel, type ModelConfig } from '../encode/model-folder.js';
import { MODULES_FILE, POOLING_FILE, poolingFile } from '../encode/hugging-face/modules.js';
import { isThere } from '../files/is-there.js';
import { checkJson, readJson } from '../files/read-json.js';
import type { Tensors } from '../formats/safetensors.js';
import { InputError } from '../errors.js';
import { graphOf } from './graphs.js';

/** The path where transformers.js looks for the encoder. */
const ONNX_FILE = join('onnx', 'model.onnx');
/** Maximum size of a protobuf message. */
const MOST_BYTES = 2 ** 31 - 1;

/**
 * Exports the model in `from` to the folder `out`, without auxiliary vectors: label embeddings include them.
 * @throws InputError if it is a bag with hashed words.
 */
export function exportModel(out: string, { from }: { from: string }): void {
  if (readHashedWords(from))
    throw new InputError(
      `${from}: has rows for hashed words, which no Hugging Face tokenizer makes; train it with --words 0`,
    );
  const { config, parameters } = loadModel(from);
  checkSize(from, parameters);
  saveModel(out, { from, maxLength: config.maxLength, parameters });
  completeTokenizer(out, config);
  if (config.encoder !== 'bert') passAsBert(out, config);
  addPooling(out, config);
  write(join(out, ONNX_FILE), encodeModel(graphOf({ config, parameters })));
}

function checkSize(folder: string, parameters: Tensors): void {
  const bytes = Object.values(parameters).reduce((sum, { data }) => sum + data.byteLength, 0);
  if (bytes > MOST_BYTES)
    throw new InputError(`${folder}: ${bytes} bytes of weights; an ONNX file holds at most ${MOST_BYTES}`);
}

const Fields = z.record(z.string(), z.unknown());

/**
 * transformers.js cuts texts at the tokenizer's `model_max_length`, and pads batches with a token that must exist. It also
 * cuts off the closing token of a text that is too long, which `tokenize` keeps: for such texts the vectors differ.
 */
function completeTokenizer(out: string, { maxLength }: ModelConfig): void {
  const path = join(out, 'tokenizer_config.json');
  const before = checkJson(path, Fields, readJson(path));
  const padding = before['pad_token'] ?? before['eos_token'] ?? before['unk_token'];
  const after = { ...before, model_max_length: maxLength, ...(padding != null && { pad_token: padding }) };
  writeJson(path, after);
}

function passAsBert(out: string, { dim }: ModelConfig): void {
  const path = join(out, 'config.json');
  writeJson(path, { model_type: 'bert', hidden_size: dim, ...checkJson(path, Fields, readJson(path)) });
}

function addPooling(out: string, config: ModelConfig): void {
  const cls = config.encoder === 'bert' && config.bert.pooling === 'cls';
  if (!isThere(join(out, poolingFile(out))))
    writeJson(join(out, POOLING_FILE), {
      word_embedding_dimension: config.dim,
      pooling_mode_cls_token: cls,
      pooling_mode_mean_tokens: !cls,
      pooling_mode_max_tokens: false,
      pooling_mode_mean_sqrt_len_tokens: false,
    });
  if (config.encoder !== 'bert' || isThere(join(out, MODULES_FILE))) return;
  const kinds = ['Transformer', 'Pooling'].map((kind, idx) => ({
    idx,
    name: String(idx),
    path: idx === 0 ? '' : dirname(POOLING_FILE),
    type: `sentence_transformers.models.${kind}`,
  }));
  writeJson(join(out, MODULES_FILE), kinds);
}

const writeJson = (path: string, value: unknown): void => {
  write(path, `${JSON.stringify(value, null, 2)}\n`);
};

function write(path: string, content: string | Uint8Array): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}
