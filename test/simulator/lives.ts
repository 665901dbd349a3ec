import type { MakeLife } from './life.js';
import { bestLife } from './lives/best.js';
import { folderLife } from './lives/folders.js';
import { journalLife } from './lives/journal.js';
import { logLife } from './lives/log.js';
import { manifestLife } from './lives/manifest.js';
import { trainingLife } from './lives/training.js';

/** The programs that are simulated, by name. */
export const LIVES: Readonly<Record<string, MakeLife>> = {
  manifest: manifestLife,
  folders: folderLife,
  training: trainingLife,
  best: bestLife,
  journal: journalLife,
  log: logLife,
};
