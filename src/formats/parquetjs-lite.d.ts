/** Types of the part of parquetjs-lite in use; the package has none. */
declare module 'parquetjs-lite' {
  export interface Field {
    type?: 'UTF8' | 'INT32' | 'FLOAT' | 'LIST';
    compression?: 'UNCOMPRESSED' | 'SNAPPY' | 'GZIP';
    repeated?: boolean;
    /** Minimum and maximum of each page and column; default true. */
    statistics?: boolean;
    fields?: Record<string, Field>;
  }

  export class ParquetSchema {
    constructor(fields: Record<string, Field>);
    readonly schema: Record<string, Field>;
  }

  export interface WriterOptions {
    rowGroupSize?: number;
    pageIndex?: boolean;
    /** Default true. */
    useDataPageV2?: boolean;
  }

  /** Writes parts in the order of the calls, some without awaiting the previous one. */
  export class ParquetEnvelopeWriter {
    constructor(
      schema: ParquetSchema,
      write: (bytes: Uint8Array) => Promise<void>,
      close: () => Promise<void>,
      offset: number,
      options: WriterOptions,
    );
    readonly rowCount: number;
  }

  export class ParquetWriter {
    constructor(schema: ParquetSchema, envelope: ParquetEnvelopeWriter, options: WriterOptions);
    /** Rows after which a row group is written, at the next `appendRow`. */
    rowGroupSize: number;
    appendRow(row: Record<string, unknown>): Promise<void>;
    close(): Promise<void>;
  }
}
