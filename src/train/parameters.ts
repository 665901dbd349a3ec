/** The parameters of an objective and their moments, in memory or on disk, and how a step updates them. */
import { fillRows } from '../encode/table-rows.js';
import { adamwRows, parameter, type Parameter } from '../model/optimisers/adamw.js';
import { atStep } from '../model/optimisers/rule.js';
import type { HeldParameter } from './device-steps.js';
import type { Objective, UsedRows } from './objective.js';
import { TrainedRows } from './trained-rows.js';

type Used = Readonly<Record<string, UsedRows>>;

/** The rows that a batch uses. */
export interface GatheredRows {
  /** As fed to a step: `[count, dim]` of each table and disk parameter. */
  fed: Record<string, Float32Array>;
  /** Rows of each disk parameter, with their moments. */
  moving: Record<string, Parameter>;
}

export interface UpdateOptions {
  gradients: Readonly<Record<string, Float32Array>>;
  /** The rows that the gradients of tables and disk parameters belong to. */
  ids: Readonly<Record<string, Int32Array>>;
  /** Gathered rows of disk parameters; they are changed. */
  moving: Readonly<Record<string, Parameter>>;
  /** Number of earlier steps. */
  made: number;
}

export class Parameters implements Disposable {
  readonly #specs: Objective['parameters'];
  /** The parameters in memory, which checkpoints contain. */
  readonly held: Readonly<Record<string, Parameter>>;
  readonly #onDisk: Readonly<Record<string, TrainedRows>>;

  /** `from`: the checkpoint whose rows on disk to resume from; default: none, start with new rows. */
  constructor(specs: Objective['parameters'], from?: number) {
    this.#specs = specs;
    const entries = Object.entries(specs);
    this.held = Object.fromEntries(
      entries.flatMap(([name, spec]) =>
        spec.at === 'disk'
          ? []
          : [[name, parameter(spec.data, spec.at === 'table' ? spec.shape[1] : undefined)]],
      ),
    );
    this.#onDisk = Object.fromEntries(
      entries.flatMap(([name, spec]) => {
        if (spec.at !== 'disk') return [];
        const [rows, dim] = spec.shape as [number, number];
        return [[name, new TrainedRows({ ...spec, rows, dim, from })]];
      }),
    );
  }

  /** The parameters that a device holds. */
  get inMemory(): Record<string, HeldParameter> {
    return Object.fromEntries(
      Object.entries(this.#specs).flatMap(([name, spec]) =>
        spec.at === 'memory' && spec.rule ? [[name, { ...this.held[name]!, rule: spec.rule }]] : [],
      ),
    );
  }

  gather(used: Used): GatheredRows {
    const rows: GatheredRows = { fed: {}, moving: {} };
    for (const [name, { ids, count }] of Object.entries(used)) {
      const onDisk = this.#onDisk[name];
      if (!onDisk) {
        const { data, dim } = this.held[name]!;
        rows.fed[name] = fillRows(data, dim, { ids, count });
        continue;
      }
      const moving = (rows.moving[name] = onDisk.gather(ids));
      const fed = (rows.fed[name] = new Float32Array(count * onDisk.dim));
      fed.set(moving.data);
    }
    return rows;
  }

  /** Updates every parameter that has a gradient, by one step. */
  update({ gradients, ids, moving, made }: UpdateOptions): void {
    for (const [name, gradient] of Object.entries(gradients)) {
      const spec = this.#specs[name]!;
      const rate = atStep(spec.rule!, made);
      if (spec.at === 'memory') adamwRows(this.held[name]!, Int32Array.of(0), gradient, rate);
      else if (spec.at === 'table') adamwRows(this.held[name]!, ids[name]!, gradient, rate);
      else {
        const rows = moving[name]!;
        const all = ids[name]!.map((_id, i) => i);
        adamwRows(rows, all, gradient, rate);
        this.#onDisk[name]!.scatter(ids[name]!, rows);
      }
    }
  }

  /** All current rows of a disk parameter, in blocks of `[…, dim]`. */
  rows(name: string): Iterable<Float32Array> {
    return this.#onDisk[name]!.all();
  }

  /** Declares the current rows on disk to belong to a checkpoint. */
  checkpoint(number: number): void {
    for (const rows of Object.values(this.#onDisk)) rows.checkpoint(number);
  }

  /** Declares that checkpoints before this one will not be resumed from. */
  forgetBefore(checkpoint: number): void {
    for (const rows of Object.values(this.#onDisk)) rows.forgetBefore(checkpoint);
  }

  [Symbol.dispose](): void {
    for (const rows of Object.values(this.#onDisk)) rows[Symbol.dispose]();
  }
}
