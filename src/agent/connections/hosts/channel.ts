import { HepbatchError } from '../../../contract';

/** One session of a connection by SSH: a command of the other side, and its three streams. */
export interface IChannel {
  readonly stdin: NodeJS.WritableStream;
  readonly stdout: NodeJS.ReadableStream;
  readonly stderr: NodeJS.ReadableStream;
  /**
   * Resolves with what the client says of the end when nothing more comes into stdout and stderr;
   * both have ended then, or end when they are read. Never rejects. What the client takes for an exit
   * status is of no weight.
   */
  readonly closed: Promise<string>;
  /** Gives the session up and makes `closed` resolve; what runs there may run on. */
  close(): void;
}

/**
 * Opens a session that runs a line of the login shell. Rejects with `connection-lost` or
 * `unreachable` where the line was not sent.
 */
export type OpenChannel = (line: string) => Promise<IChannel>;

/** What every question to a host gets whose line is gone. */
export function connectionLost(title: string, reason: string): HepbatchError {
  return new HepbatchError('connection-lost', `${title}: ${reason}`, {
    next: 'Open the connection again. What was under way there may have been done.'
  });
}
