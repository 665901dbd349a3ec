#!/usr/bin/env node
/** The `dexa` command: each pipeline is a subcommand. */
import { Command as Commander } from 'commander';
import { evaluateCommand } from '../../pipelines/evaluate.js';
import { exportCommand } from '../../pipelines/export.js';
import { importCommand } from '../../pipelines/import.js';
import { indexCommand } from '../../pipelines/build-index.js';
import { makeCorpusCommand } from '../../pipelines/make-corpus.js';
import { metricsCommand } from '../../pipelines/metrics.js';
import { planCommand } from '../../pipelines/plan.js';
import { predictCommand } from '../../pipelines/predict.js';
import { prepareWordnetCommand } from '../../pipelines/prepare-wordnet.js';
import { trainCommand } from '../../pipelines/train.js';
import { libraryVersions } from '../versions.js';
import { parse, toCommander } from './command.js';

const program = new Commander('dexa')
  .description('Extreme classification: short texts in, the few right labels out of very many')
  .version(libraryVersions()['dexa']!)
  .exitOverride();
program
  .command('prepare')
  .description('Create a known data set')
  .exitOverride()
  .addCommand(toCommander(prepareWordnetCommand))
  .addCommand(toCommander(makeCorpusCommand));
for (const definition of [
  importCommand,
  planCommand,
  trainCommand,
  evaluateCommand,
  indexCommand,
  predictCommand,
  metricsCommand,
  exportCommand,
])
  program.addCommand(toCommander(definition));
await parse(program, process.argv);
