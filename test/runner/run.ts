/** `npm test`, `npm run test:all`; `-- PART_OF_A_PATH …` runs those tests alone. */
import { testFiles } from './files.js';
import { runTests } from './run-tests.js';

const words = process.argv.slice(2);
const names = words.filter((word) => word !== '--all');
const files = testFiles({ names, all: words.includes('--all') });
if (files.length === 0) throw new Error(`no test is called ${names.join(' or ')}`);
const { failed } = await runTests(files, (text) => process.stdout.write(text));
process.exitCode = failed > 0 ? 1 : 0;
