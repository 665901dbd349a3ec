/** The last step of `npm run build`. */
import { pruneBuilt } from './files.js';

pruneBuilt();
