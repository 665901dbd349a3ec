export { openRun, runFiles, type RunFiles } from './run-files.js';
