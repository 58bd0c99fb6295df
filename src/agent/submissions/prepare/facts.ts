import type { HostDetails } from '../../../contract';
import type { EnvironmentFacts } from './environment';

/** What Prepare is told of the host and the moment; it asks nobody. Null: it could not be found out. */
export interface IFacts {
  readonly now: Date;
  readonly home: string;
  /** The Python of the jobs: its first words and the variables it needs. */
  readonly python: {
    readonly argv: readonly string[];
    readonly env: Readonly<Record<string, string | undefined>>;
  };
  /** Names in the folder of the framework. */
  readonly taken: readonly string[];
  /** Input files with a local path that are not there. */
  readonly missing: readonly string[] | null;
  readonly freeBytes: number | null;
  /** Null: it was not looked at, since jobs run in an image. */
  readonly environment: EnvironmentFacts | null;
  readonly proxy: HostDetails['proxy'] | null;
  readonly ticket: HostDetails['ticket'] | null;
  /** X509_CERT_DIR of the host, where it is set. */
  readonly certDir: string | null;
  readonly slurm: {
    /** MaxArraySize: indices of arrays are below it. */
    readonly maxArraySize: number;
    readonly partitions: readonly string[];
  } | null;
}
