import type { Duplex, Readable } from 'node:stream';
import type { Environment, RunResult } from '../../run';

/**
 * How a command on a host ended. `unknown`: the line broke, so it may have ended, run on, or never
 * begun; that is neither success nor failure.
 */
export type HostRunResult =
  | RunResult
  | {
      readonly end: 'unknown';
      readonly reason: string;
      readonly stdout: string;
      readonly stderr: string;
    };

/** What a command may see, and how long and how much it may speak. */
export interface IHostRunOptions {
  /** Variables set on top of what the host gives a login; undefined takes one away. */
  readonly env?: Environment;
  /** Absolute; the home folder where absent. */
  readonly cwd?: string;
  /** A stream that cannot fail is read as the program takes it, and not to its end where the program ends. */
  readonly stdin?: string | Uint8Array | Readable;
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
  /** Of stdout and stderr together. */
  readonly maxOutputBytes: number;
  /** Takes stdout as it comes; `stdout` of the result is then empty. */
  readonly onStdout?: (chunk: Buffer) => void;
}

/** A command that runs while its streams are used. */
export interface IHostProcess {
  readonly stdin: NodeJS.WritableStream;
  /** Both have to be read, else the program waits. */
  readonly stdout: NodeJS.ReadableStream;
  readonly stderr: NodeJS.ReadableStream;
  /** How it ended; its texts are empty. Never rejects. */
  readonly ended: Promise<HostRunResult>;
  /** Ends the command and what it started, there; resolves when that was asked for. */
  kill(): Promise<void>;
}

/** An entry of a folder; links are told as what they lead to. */
export interface IHostEntry {
  readonly name: string;
  readonly kind: 'folder' | 'file' | 'other';
}

/** What is known of a file; links are followed. */
export interface IHostStat {
  readonly kind: 'folder' | 'file' | 'other';
  readonly bytes: number;
  readonly mtimeMs: number;
  /** Permission bits. */
  readonly mode: number;
}

/** Where a stream leads, seen from the host. */
export type StreamTarget =
  { readonly host: string; readonly port: number } | { readonly socketPath: string };

/**
 * A machine where programs run and files lie: this one, or one reached by SSH. The caller cannot
 * tell which. Paths are absolute. Whatever cannot be answered because the line broke rejects with `connection-lost`.
 */
export interface IHost {
  readonly client: 'local' | 'ssh2' | 'openssh';
  /** Such as `this machine` or `hepuser@lxplus901.cern.ch`. */
  readonly title: string;

  /**
   * Runs a program to its end; never throws for what it does. No shell takes `argv` apart. Rejects
   * with `connection-lost` only where it was not begun; what was begun and is out of sight is
   * `unknown`. Behind a shell a program's own exit statuses 129 to 192 look like signals.
   */
  run(argv: readonly string[], options: IHostRunOptions): Promise<HostRunResult>;

  /** Starts a program whose streams the caller uses. Rejects where it cannot be asked for. */
  start(
    argv: readonly string[],
    options: { readonly env?: Environment; readonly cwd?: string }
  ): Promise<IHostProcess>;

  /**
   * Reads a file, or `length` bytes from `offset`. Throws `not-found`, `denied`, and `refused` where
   * it is longer than `maxBytes`.
   */
  read(
    path: string,
    options: { readonly maxBytes: number; readonly offset?: number; readonly length?: number }
  ): Promise<Buffer>;

  /**
   * Writes a file whole or not at all: beside it, synced, renamed. Throws `no-space`, `denied`,
   * `not-found` (of the folder), `conflict` where it exists and may not be overwritten.
   * `unknown-outcome` where the line broke.
   */
  write(
    path: string,
    data: string | Uint8Array,
    options?: { readonly overwrite?: boolean; readonly mode?: number }
  ): Promise<void>;

  /**
   * The entries of a folder, in any order, in parts as they come: one listing, no question per
   * file. Throws `not-found`, `denied`.
   */
  list(path: string, signal: AbortSignal): AsyncIterable<readonly IHostEntry[]>;

  /** Null where there is nothing. Throws `denied`. */
  stat(path: string): Promise<IHostStat | null>;

  /** A stream to a port or a unix socket, from the host. Throws `unreachable`, `denied`. */
  connect(target: StreamTarget): Promise<Duplex>;

  /** How long a question and its answer take, in milliseconds. */
  roundTrip(): Promise<number>;

  /** Resolves with the reason when the line broke; never where it was closed on purpose. */
  readonly lost: Promise<string>;

  /** Ends all that runs through it and the line itself. Nothing can be asked any more. */
  close(): Promise<void>;
}
