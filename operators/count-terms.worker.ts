import { workerData } from 'node:worker_threads';
import { countDocuments, type Frequencies } from '../src/sparse/count-documents.js';
import type { TermKind } from '../src/sparse/terms.js';
import { handOver } from '../src/stream/pooled.js';

const kinds = new Set(workerData as readonly TermKind[]);

export default (texts: string[]): Frequencies => handOver(countDocuments(texts, kinds));
