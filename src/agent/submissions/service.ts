import type * as z from 'zod';
import type { Submission, submissions } from '../../contract';

/** What is asked, as the contract has it after its defaults. */
export type SubmissionBody<K extends keyof typeof submissions> = z.output<
  (typeof submissions)[K]['body']
>;

/** What is answered, before the contract checks it. */
export type SubmissionReply<K extends keyof typeof submissions> = z.input<
  (typeof submissions)[K]['reply']
>;

/** Every question of the contract with a body. */
type Asked = Exclude<keyof typeof submissions, 'list'>;

/** The submissions of this user, a verb for each question of the contract; see there what each throws. */
export type ISubmissions = {
  readonly [K in Asked]: (body: SubmissionBody<K>) => Promise<SubmissionReply<K>>;
} & {
  list(): Promise<Submission[]>;
  /** True while something is written or sent; the agent does not end by itself then. */
  readonly busy: boolean;
  /** Sends nothing more; the agent is about to end. */
  dispose(): Promise<void>;
};
