#!/usr/bin/env node
/** The `dexa` command: each pipeline is a subcommand. Only the requested one is loaded. */
import { Command as Commander } from 'commander';
import { libraryVersions } from '../versions.js';
import { COMMANDS, type Entry } from './commands.js';
import { parse } from './parse.js';

const program = new Commander('dexa')
  .description('Extreme classification: short texts in, the few right labels out of very many')
  .version(libraryVersions()['dexa']!)
  .exitOverride();
const prepare = program.command('prepare').description('Create a known data set').exitOverride();
for (const entry of COMMANDS) {
  const parent = entry.name.startsWith('prepare ') ? prepare : program;
  parent.addCommand(isAskedFor(entry) ? await loaded(entry) : outline(entry));
}
await parse(program, process.argv);

/** Whether the words of the command line, without flags, begin with its name; `help` may stand before it. */
function isAskedFor({ name }: Entry): boolean {
  const words = process.argv.slice(2).filter((word) => !word.startsWith('-') && word !== 'help');
  return `${words.join(' ')} `.startsWith(`${name} `);
}

async function loaded(entry: Entry): Promise<Commander> {
  const { toCommander } = await import('./command.js');
  return toCommander(await entry.load());
}

/** What the help lists of a command. */
function outline({ name, summary }: Entry): Commander {
  return new Commander(name.split(' ').at(-1)).description(summary);
}
