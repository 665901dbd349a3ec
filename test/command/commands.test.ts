import { execFileSync } from 'node:child_process';
import { test } from 'tap';
import { COMMANDS } from '../../src/command/commands.js';

test('the table agrees with the definitions', async (t) => {
  for (const { name, summary, load } of COMMANDS) {
    const definition = await load();
    t.same([name, summary], [definition.name, definition.summary]);
  }
});

test('the requested command is listed with its options, the others with their summaries', async (t) => {
  const help = (...words: string[]) =>
    execFileSync('node', ['dist/src/command/dexa.js', ...words], { encoding: 'utf8' });
  const all = help('--help');
  for (const { name } of COMMANDS)
    t.match(all, new RegExp(`^  ${name.split(' ')[0]!} `, 'm'), `${name} is listed`);
  t.match(help('help', 'index'), /--data <DIR>/);
  t.match(help('prepare', 'corpus', '--help'), /--labels <n>/);
});
