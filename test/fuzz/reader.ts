/** A process that reads files: `node reader.js FORMAT ours|theirs`. It says when it is ready, gets paths and answers what each contains. */
import { csvReaders } from './csv/readers.js';
import type { FormatName } from './formats.js';
import type { Readers } from './format.js';
import { jsonlReaders } from './jsonl/readers.js';
import { npyReaders } from './npy/readers.js';
import type { Outcome } from './outcome.js';
import { parquetReaders } from './parquet/readers.js';
import { safetensorsReaders } from './safetensors/readers.js';

const READERS: Readonly<Record<FormatName, Readers>> = {
  parquet: parquetReaders,
  npy: npyReaders,
  safetensors: safetensorsReaders,
  jsonl: jsonlReaders,
  csv: csvReaders,
};

/** What was read, or the stack of an error that is no refusal; and the most memory that the process has had. */
export interface Answer {
  outcome?: Outcome;
  crash?: string;
  ms: number;
  peakMB: number;
}

const [format, side] = process.argv.slice(2) as [FormatName, keyof Readers];
const read = READERS[format][side];

const answer = async (path: string): Promise<void> => {
  const start = performance.now();
  const made = await read(path).then(
    (outcome) => ({ outcome }),
    (error: unknown) => ({ crash: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
  );
  const peakMB = process.resourceUsage().maxRSS / 1024;
  process.send!({ ...made, ms: performance.now() - start, peakMB } satisfies Answer);
};

process.on('message', (path: string) => void answer(path));
process.send!('ready');
