import type * as z from 'zod';
import type { Connection, ConnectionTest, connections } from '../../contract';
import type { IHost } from './hosts/host';

/** What is asked, as the contract has it after its defaults. */
export type ConnectionBody<K extends keyof typeof connections> = z.output<
  (typeof connections)[K]['body']
>;

/** What is answered, before the contract checks it. */
export type ConnectionReply<K extends keyof typeof connections> = z.input<
  (typeof connections)[K]['reply']
>;

/** The connections of this user: where work can go, and the lines that are open. */
export interface IConnections {
  list(): Promise<ConnectionReply<'list'>>;
  aliases(): Promise<string[]>;
  /** Throws `not-found`, as all that take an id. */
  read(id: string): Promise<Connection>;
  /** Answers at once; the hub tells the rest. Throws `unsupported` where it cannot be used here. */
  open(id: string): Promise<Connection>;
  /** Closes the line, for all connections to that host. */
  close(id: string): Promise<Connection>;
  /** Throws `unreachable` or `connection-lost` where the connection is not open. */
  probe(id: string): Promise<Connection>;
  /** Throws `conflict` where the id is taken, `denied` where the profile is not the user's. */
  save(body: ConnectionBody<'save'>): Promise<Connection>;
  remove(id: string): Promise<void>;
  test(body: ConnectionBody<'test'>): Promise<ConnectionTest>;
  readTest(id: string): Promise<ConnectionTest>;
  cancelTest(id: string): Promise<ConnectionTest>;
  ticket(body: ConnectionBody<'ticket'>): Promise<Connection>;
  proxy(body: ConnectionBody<'proxy'>): Promise<Connection>;
  folder(body: ConnectionBody<'folder'>): Promise<ConnectionReply<'folder'>>;
  /** The open host, for other features. This machine is opened where it is closed. Throws as `probe`. */
  host(id: string): Promise<IHost>;
  /** True while something is opened, tried or run; the agent does not end by itself then. */
  readonly busy: boolean;
  /** Closes all lines; the agent is about to end. */
  dispose(): Promise<void>;
}
