import type * as z from 'zod';
import type { Audit, AuditReport, AuditRequest, audits } from '../../contract';

/** What is asked, as the contract has it after its defaults. */
export type AuditBody<K extends keyof typeof audits> = z.output<(typeof audits)[K]['body']>;

/** What is answered, before the contract checks it. */
export type AuditReply<K extends keyof typeof audits> = z.input<(typeof audits)[K]['reply']>;

/** The audits of this user: those that run, and the records of those that ended. */
export interface IAudits {
  /** Newest first. */
  list(): Promise<Audit[]>;
  /** Answers at once; the audit goes on and tells the event hub how far it is. */
  start(request: AuditRequest): Promise<Audit>;
  /** Throws `not-found`, as all that take an id. */
  read(id: string): Promise<Audit>;
  cancel(id: string): Promise<Audit>;
  remove(id: string): Promise<void>;
  datasets(id: string): Promise<AuditReply<'datasets'>>;
  files(query: AuditBody<'files'>): Promise<AuditReply<'files'>>;
  chunks(id: string, dataset: string, file: string): Promise<AuditReply<'chunks'>>;
  names(query: AuditBody<'names'>): Promise<AuditReply<'names'>>;
  rows(id: string, dataset: string): Promise<AuditReply<'rows'>>;
  export(query: AuditBody<'export'>): Promise<AuditReply<'export'>>;
  report(id: string): Promise<AuditReport>;
  stale(query: AuditBody<'stale'>): Promise<AuditReply<'stale'>>;
  removeStale(query: AuditBody<'removeStale'>): Promise<AuditReply<'removeStale'>>;
  /** True while an audit runs; the agent does not end by itself then. */
  readonly busy: boolean;
  /** Cancels what runs, and ends its threads and helpers; the agent is about to end. */
  dispose(): Promise<void>;
}
