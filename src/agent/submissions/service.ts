import type * as z from 'zod';
import type { submissions } from '../../contract';

/** What is asked, as the contract has it after its defaults. */
export type SubmissionBody<K extends keyof typeof submissions> = z.output<
  (typeof submissions)[K]['body']
>;

/** What is answered, before the contract checks it. */
export type SubmissionReply<K extends keyof typeof submissions> = z.input<
  (typeof submissions)[K]['reply']
>;

/** The submissions of this user. */
export interface ISubmissions {
  /** Throws `bad-request`, `unsupported`, `denied`, `not-found`, and what keeps the host from answering. */
  preview(body: SubmissionBody<'preview'>): Promise<SubmissionReply<'preview'>>;
}
