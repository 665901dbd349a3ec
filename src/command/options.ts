/** Options of a pipeline as a schema: checked when it is called, and shown as flags of the command line. */
import { Option, type Command } from 'commander';
import * as z from 'zod';
import { show } from '../show.js';
import { InputError } from '../errors.js';

/** What a field of a schema says of itself: `z.string().meta({ description, value: 'DIR' })`. */
export interface OptionMeta {
  description: string;
  /** What the value is called in the help; default what its type suggests. */
  value?: string;
  /** Given by its place instead of by a flag. */
  positional?: boolean;
}

/** @throws InputError naming the first option that is not as the schema says, and its value. */
export function checkOptions<S extends z.ZodObject>(schema: S, given: unknown): z.output<S> {
  const { success, data, error } = schema.safeParse(given);
  if (success) return data;
  const { path, message } = error.issues[0]!;
  const value = path.reduce<unknown>(
    (part, key) => (part as Record<PropertyKey, unknown> | undefined)?.[key],
    given,
  );
  throw new InputError(
    `${path.map(String).join('.')}: ${message}, got ${value === undefined ? 'none' : show(value)}`,
    {
      cause: error,
    },
  );
}

/** Adds the fields of a schema to a command, in their order. */
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

/** What the command line gave, by the names of the schema's fields. */
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

/** A text that is no number stays one, so that the error can show it. */
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

/** What is in an optional field or one with a default, and what either of them says of itself. */
function inspect(field: z.ZodType): Field {
  const meta = (field.meta() ?? {}) as Partial<OptionMeta>;
  if (field instanceof z.ZodDefault || field instanceof z.ZodOptional) {
    const inner = inspect(field.unwrap() as z.ZodType);
    const initial = field instanceof z.ZodDefault ? (field.def.defaultValue as Initial) : undefined;
    return { ...inner, required: false, initial, meta: { ...inner.meta, ...meta } };
  }
  return { type: typeOf(field), required: true, initial: undefined, meta };
}

/** Lists are of numbers. */
function typeOf(field: z.ZodType): Field['type'] {
  if (field instanceof z.ZodBoolean) return 'boolean';
  if (field instanceof z.ZodNumber) return 'number';
  return field instanceof z.ZodTuple || field instanceof z.ZodArray ? 'list' : 'string';
}
