import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');

/** Frees everything unreferenced, so that only memory in use is measured. */
export const collectGarbage = runInNewContext('gc') as () => void;
