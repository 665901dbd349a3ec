/** The options of a pipeline as a schema: checked when it is called, and offered as flags of the command line. */
import { Option, type Command } from 'commander';
import * as z from 'zod';
import { InputError } from '../errors.js';
import { firstIssue } from '../files/read-json.js';

/** Metadata of a schema's field: `z.string().meta({ description, value: 'DIR' })`. */
export interface OptionMeta {
  description: string;
  /** Name of the value in the help; the default depends on its type. */
  value?: string;
  /** Whether it is a positional argument rather than a flag. */
  positional?: boolean;
}

/** @throws InputError naming the first option that does not match the schema, and its value. */
export function checkOptions<S extends z.ZodObject>(schema: S, given: unknown): z.output<S> {
  const { success, data, error } = schema.safeParse(given);
  if (success) return data;
  throw new InputError(firstIssue(error, given), { cause: error });
}

/** Adds the fields of a schema to a command, in order. */
export function addOptions(command: Command, schema: z.ZodObject): void {
  for (const [name, field] of fieldsOf(schema)) {
    const { type, required, initial, meta } = inspect(field);
    const { description = '', value, positional } = meta;
    const label = value ?? (type === 'string' ? 'text' : 'n');
    if (positional) {
      command.argument(`<${label}>`, description);
      continue;
    }
    if (type === 'boolean') {
      command.option(`--${kebab(name)}`, description);
      continue;
    }
    const option = new Option(`--${kebab(name)} <${label}>`, description).argParser(parsers[type]);
    if (initial !== undefined) option.default(initial, String(initial));
    command.addOption(option.makeOptionMandatory(required));
  }
}

/** The options given on the command line, by the names of the schema's fields. */
export function givenOptions(command: Command, schema: z.ZodObject): Record<string, unknown> {
  const positional = fieldsOf(schema).filter(([, field]) => inspect(field).meta.positional);
  const places = positional.map(([name], i) => [name, command.args[i]] as const);
  return { ...Object.fromEntries(places), ...command.opts() };
}

const kebab = (name: string): string => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

const parsers = {
  string: (text: string): unknown => text,
  number: (text: string): unknown => toNumber(text),
  list: (text: string): unknown => text.split(',').map(toNumber),
};

/** A text that is not a number stays a text, so that the error can show it. */
const toNumber = (text: string): unknown =>
  text.trim() === '' || Number.isNaN(Number(text)) ? text : Number(text);

function fieldsOf(schema: z.ZodObject): [string, z.ZodType][] {
  const shape: Readonly<Record<string, z.ZodType>> = schema.shape;
  return Object.entries(shape);
}

type Initial = string | number | boolean | readonly number[];

interface Field {
  /** A boolean is a flag without a value. */
  type: keyof typeof parsers | 'boolean';
  required: boolean;
  /** The default. */
  initial: Initial | undefined;
  meta: Partial<OptionMeta>;
}

/** Unwraps optional fields and defaults; the outer metadata take precedence. */
function inspect(field: z.ZodType): Field {
  const meta = (field.meta() ?? {}) as Partial<OptionMeta>;
  if (field instanceof z.ZodDefault || field instanceof z.ZodOptional) {
    const inner = inspect(field.unwrap() as z.ZodType);
    const initial = field instanceof z.ZodDefault ? (field.def.defaultValue as Initial) : undefined;
    return { ...inner, required: false, initial, meta: { ...inner.meta, ...meta } };
  }
  return { type: typeOf(field), required: true, initial: undefined, meta };
}

/** Lists are always lists of numbers. */
function typeOf(field: z.ZodType): Field['type'] {
  if (field instanceof z.ZodBoolean) return 'boolean';
  if (field instanceof z.ZodNumber) return 'number';
  return field instanceof z.ZodTuple || field instanceof z.ZodArray ? 'list' : 'string';
}
