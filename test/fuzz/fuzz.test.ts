/** Damages every kind of input file in many ways: it is read, or refused in one line; never a crash, a hang or a huge heap. */
import fc from 'fast-check';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { test } from 'tap';
import { gzipSync } from 'node:zlib';
import { readXcFilter, readXcLabels, readXcTexts } from '../../operators/read-xc.js';
import { loadFusion } from '../../src/ranker/file.js';
import { pipeline } from '../../src/index.js';
import { loadModel } from '../../src/encode/model-folder.js';
import { openTokenizer } from '../../src/encode/tokenizer.js';
import { digestNow } from '../../src/files/file-record.js';
import { sealed } from '../../src/files/seal.js';
import { readDescription } from '../../src/search/index-file.js';
import { Checkpoints } from '../../src/store/checkpoints.js';
import { openDataset } from '../../src/store/dataset.js';
import { readLines } from '../../src/formats/lines.js';
import { Matrix } from '../../src/formats/npy.js';
import { RaggedReader, RaggedWriter } from '../../src/store/ragged.js';
import { toLists } from '../../src/formats/lists.js';
import { readOpaque, readSafetensors } from '../../src/formats/safetensors.js';
import { TextReader, TextWriter } from '../../src/store/texts.js';
import { loadTrainer, saveTrainer } from '../../src/train/saved-trainer.js';
import { parameter } from '../../src/model/optimisers/adamw.js';
import { collect } from '../collect.js';
import { tinyBert, tinyTensors } from '../tiny-bert.js';
import { tinyDataset } from '../tiny.js';
import { damageOf, damageOfJson, survives, type Damage } from './damage.js';

interface Target {
  /** Files to damage, one at a time. */
  files: string[];
  read: () => unknown;
}

/** Creates the files in an empty folder. */
const TARGETS: Record<string, (dir: string) => Promise<Target> | Target> = {
  'safetensors file': (dir) => {
    const bert = tinyBert(dir);
    const path = join(bert, 'model.safetensors');
    return { files: [path], read: () => [readSafetensors(path), readOpaque(path)] };
  },
  matrix: (dir) => {
    const path = join(dir, 'x.npy');
    using matrix = Matrix.create(path, { dtype: 'float32', cols: 3, rows: 20 });
    matrix.finish();
    return {
      files: [path],
      read: () => {
        using x = Matrix.open(path, 'float32');
        if (x.rows > 0) x.gather([0, x.rows - 1]);
      },
    };
  },
  lists: (dir) => {
    const base = join(dir, 'lists');
    using writer = new RaggedWriter(base);
    writer.append(toLists([[1, 2], [], [3], [4, 5, 6]]));
    writer.finish();
    return {
      files: [`${base}.offsets.npy`, `${base}.values.npy`],
      read: () => {
        using lists = new RaggedReader(base);
        const rows = Math.min(4, lists.rows);
        lists.gather(Array.from({ length: rows }, (_x, i) => i));
        lists.read(0, rows);
        lists.countEmpty();
      },
    };
  },
  texts: (dir) => {
    const base = join(dir, 'texts');
    using writer = new TextWriter(base);
    writer.append(['one', '', 'three']);
    writer.finish();
    return {
      files: [`${base}.offsets.npy`, `${base}.utf8.npy`],
      read: () => {
        using texts = new TextReader(base);
        texts.gather(Int32Array.from({ length: Math.min(3, texts.rows) }, (_x, i) => i));
      },
    };
  },
  tokenizer: (dir) => {
    tinyBert(dir);
    return {
      files: [join(dir, 'tokenizer.json'), join(dir, 'tokenizer_config.json')],
      read: () => openTokenizer({ tokenizer: dir, maxLength: 8 })(['river bank', 'the engine’s music', '']),
    };
  },
  'model of Hugging Face': (dir) => {
    tinyBert(dir, { files: { '1_Pooling/config.json': { pooling_mode_cls_token: true } } });
    const files = ['config.json', 'model.safetensors', '1_Pooling/config.json'];
    return { files: files.map((name) => join(dir, name)), read: () => loadModel(dir) };
  },
  'configuration alone': (dir) => {
    tinyBert(dir, { tensors: null });
    return { files: [join(dir, 'config.json')], read: () => loadModel(dir) };
  },
  'index of shards': (dir) => {
    tinyBert(dir);
    copyFileSync(join(dir, 'model.safetensors'), join(dir, 'a.safetensors'));
    const names = Object.keys(tinyTensors('bert'));
    const weight_map = Object.fromEntries(names.map((name) => [name, 'a.safetensors']));
    const folder = tinyBert(join(dir, 'sharded'), {
      tensors: null,
      files: { 'model.safetensors.index.json': { weight_map } },
    });
    copyFileSync(join(dir, 'a.safetensors'), join(folder, 'a.safetensors'));
    return { files: [join(folder, 'model.safetensors.index.json')], read: () => loadModel(folder) };
  },
  'packed lines': (dir) => {
    const path = join(dir, 'x.gz');
    writeFileSync(path, gzipSync('one\ntwo\nthree\n'.repeat(50)));
    return {
      files: [path],
      read: async () => (await collect(readLines(path))).flat().map(({ text }) => text),
    };
  },
  'files of the repository': (dir) => {
    const lines = {
      'lbl.jsonl': '{"title": "Cat"}\n{"title": "Dog", "content": "barks"}\n',
      'trn.jsonl': '{"title": "tabby", "target_ind": [0, 1]}\n{"title": "poodle", "target_ind": [1]}\n',
      'filter.txt': '0 1\n1 0\n',
    };
    for (const [name, content] of Object.entries(lines)) writeFileSync(join(dir, name), content);
    const [labels, texts, filter] = Object.keys(lines).map((name) => join(dir, name));
    return {
      files: [labels!, texts!, filter!],
      read: async () => {
        await pipeline([labels!], readXcLabels({ text: 'title' })).drain();
        await pipeline([texts!], readXcTexts({ text: 'title', labels: 2 })).drain();
        await pipeline([filter!], readXcFilter({ rows: 2, labels: 2 })).drain();
      },
    };
  },
  'data set': async (dir) => {
    const { paths } = await tinyDataset(join(dir, 'data'));
    const files = [join(dir, 'data', 'dataset.json'), ...paths.labels, paths.filterTest!];
    return { files, read: () => openDataset(join(dir, 'data')) };
  },
  checkpoint: async (dir) => {
    const config = { dim: 3, loss: { margin: 0.3 } };
    await new Checkpoints(dir, { config }).write({ epoch: 1, step: 2, loss: 0.5 }, ({ folder }) =>
      saveTrainer(folder, { steps: 3, room: { tokens: 5 } }, { x: parameter(new Float32Array(6), 3) }),
    );
    const file = (name: string): string => join(dir, '1', name);
    return {
      files: [file('checkpoint.json'), file('trainer.json'), file('parameters.safetensors')],
      read: async () => {
        await new Checkpoints(dir, { config }).latest(() => undefined);
        loadTrainer(join(dir, '1'), { x: parameter(new Float32Array(6), 3) });
      },
    };
  },
  fusion: (dir) => {
    const path = join(dir, 'fusion.json');
    const tree = { feature: 0, threshold: 0.5, below: { share: 0 }, above: { share: 1 } };
    writeFileSync(path, JSON.stringify({ fusion: { by: 'tree', tree }, comparison: {}, texts: 1 }));
    return { files: [path], read: () => loadFusion(path) };
  },
  'description of an index': (dir) => {
    const path = join(dir, 'x.usearch.json');
    const index = Buffer.alloc(100); // without vectors: their number and size, then the library's header
    index.write('usearch', 8);
    index.writeUInt16LE(2, 8 + 7);
    index.writeBigUInt64LE(3n, 8 + 33);
    writeFileSync(join(dir, 'x.usearch'), index);
    const description = {
      parts: [{ bytes: 100, labels: 5, sha256: digestNow(join(dir, 'x.usearch')) }],
      labels: 5,
      dim: 3,
      digest: 'd',
      precision: 'f16',
      connectivity: 16,
      expansionAdd: 128,
      expansionSearch: 64,
    };
    writeFileSync(path, JSON.stringify(sealed(description)));
    const files = [path, join(dir, 'x.usearch')];
    return { files, read: () => readDescription(join(dir, 'x.usearch')) };
  },
};

const HEADERS = 400;
const MOST_MEMORY = 2 ** 20; // KiB

for (const [name, make] of Object.entries(TARGETS))
  test(`a damaged ${name} is read or refused`, async (t) => {
    const dir = join(t.testdir(), 'files');
    mkdirSync(dir);
    const { files, read } = await make(dir);
    await t.resolves(Promise.resolve(read()), 'as it was written');
    const whole = new Map(files.map((path) => [path, readFileSync(path)]));
    const damaged = async (path: string, damage: Damage): Promise<void> => {
      writeFileSync(path, damage(Buffer.from(whole.get(path)!)));
      await survives(read).finally(() => {
        for (const [file, bytes] of whole) {
          mkdirSync(dirname(file), { recursive: true }); // a damaged checkpoint is removed
          writeFileSync(file, bytes);
        }
      });
    };
    for (const path of files) {
      const damage = path.endsWith('.json')
        ? fc.oneof(damageOfJson(), damageOf(readFileSync(path).length))
        : damageOf(HEADERS);
      const property = fc.asyncProperty(damage, (one) => damaged(path, one));
      await t.resolves(fc.assert(property, { seed: 17, numRuns: 250 }), basename(path));
    }
    const { maxRSS } = process.resourceUsage();
    t.ok(maxRSS < MOST_MEMORY, `${maxRSS} KiB at most`);
  });
