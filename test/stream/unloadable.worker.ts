import { InputError } from '../../src/errors.js';

/** Cannot be loaded. */
throw new InputError('names.npy: cannot be opened');
