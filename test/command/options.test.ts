import { Command } from 'commander';
import { test } from 'tap';
import * as z from 'zod';
import { addOptions, checkOptions, givenOptions } from '../../src/command/options.js';

const Options = z.object({
  counts: z.array(z.number().int()).min(1).default([0, 512]).meta({ description: 'counts', value: 'N,N' }),
  pair: z.tuple([z.number(), z.number()]).optional().meta({ description: 'two numbers', value: 'A,B' }),
});

function parse(...args: string[]): unknown {
  const command = new Command().exitOverride();
  addOptions(command, Options);
  command.parse(args, { from: 'user' });
  return checkOptions(Options, givenOptions(command, Options));
}

test('lists of numbers are given with commas', async (t) => {
  t.same(parse(), { counts: [0, 512] });
  t.same(parse('--counts', '4,32768,0', '--pair', '0.5,1'), { counts: [4, 32768, 0], pair: [0.5, 1] });
  t.same(parse('--counts', '7'), { counts: [7] });
});

test('a value that is not a list is refused, naming it', async (t) => {
  t.throws(() => parse('--counts', '4,many'), { message: /^counts\.1: .*got "many"$/ });
  t.throws(() => parse('--counts', ''), { message: /^counts\.0: .*got ""$/ });
  t.throws(() => parse('--pair', '1'), { message: /^pair: .*got \[1\]$/ });
});

test('the help shows the default of a list', async (t) => {
  const command = new Command();
  addOptions(command, Options);
  t.match(command.helpInformation(), /--counts <N,N> +counts \(default: 0,512\)/);
});
