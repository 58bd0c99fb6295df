import type * as z from 'zod';
import { submissions } from '../../contract';
import type {
  AgentEvent,
  JobSelection,
  JobsOutcome,
  Submission,
  SubmissionPreview,
  SubmissionRequest
} from '../../contract';
import { ListModel } from '../list-model';
import type { Told } from '../list-model';

/** The verbs that act on jobs and change nothing else. */
export type JobVerb = 'hold' | 'release' | 'remove';

/** The submissions as last heard from the agent, newest first. */
export class SubmissionsModel extends ListModel<Submission> {
  get submissions(): readonly Submission[] {
    return this._listed;
  }

  /** Those that run the missing files of one. */
  childrenOf(token: string): readonly Submission[] {
    return this._listed.filter(({ parent }) => parent === token);
  }

  /** A page of what would be written and run; nothing is done. */
  async preview(
    request: SubmissionRequest,
    parent: string | null = null,
    page: { readonly stamp: string | null; readonly offset: number } = { stamp: null, offset: 0 }
  ): Promise<SubmissionPreview> {
    return this._call(submissions.preview, { request, parent, ...page });
  }

  /** Submits; again with the same token it is not submitted twice. */
  async submit(
    token: string,
    request: SubmissionRequest,
    parent: string | null
  ): Promise<Submission> {
    return this._ask(() => this._call(submissions.submit, { token, request, parent }));
  }

  /** Looks at logs and queue anew. */
  async look(token: string): Promise<Submission> {
    return this._ask(() => this._call(submissions.read, { token }));
  }

  /** What was asked for, to ask again. */
  async request(token: string): Promise<SubmissionRequest> {
    return this._call(submissions.request, { token });
  }

  /** Looks for what is unknown; sends nothing. */
  async reconcile(token: string): Promise<Submission> {
    return this._ask(() => this._call(submissions.reconcile, { token }));
  }

  /** Sends what was not sent. */
  async resume(token: string): Promise<Submission> {
    return this._ask(() => this._call(submissions.resume, { token }));
  }

  /** Holds, releases or removes jobs. */
  async act(verb: JobVerb, token: string, jobs: JobSelection): Promise<readonly JobsOutcome[]> {
    const ask = () => this._call(submissions[verb], { token, jobs });
    return (await this._askFor(ask, ({ submission }) => submission)).outcomes;
  }

  /** Changes and releases held jobs; submits again those that left the queue. */
  async retry(
    asked: z.input<typeof submissions.retry.body>
  ): Promise<z.output<typeof submissions.retry.reply>> {
    const ask = () => this._call(submissions.retry, asked);
    return this._askFor(ask, ({ child }) => child);
  }

  /** Brings the output of spooled jobs back. */
  async fetch(token: string): Promise<readonly JobsOutcome[]> {
    return (await this._call(submissions.fetch, { token })).outcomes;
  }

  /** Takes up a folder that the submitter of the framework made. */
  async import(connection: string, folder: string): Promise<Submission> {
    return this._ask(() => this._call(submissions.import, { connection, folder }));
  }

  /** Forgets one that is done; its files stay. */
  async remove(token: string): Promise<void> {
    await this._forget(token, () => this._call(submissions.forget, { token }));
  }

  protected override _idOf({ token }: Submission): string {
    return token;
  }

  protected override async _read(): Promise<readonly Submission[]> {
    return (await this._call(submissions.list, undefined)).submissions;
  }

  protected override _told(event: AgentEvent): Told<Submission> {
    switch (event.topic) {
      case 'submission':
        return { id: event.submission.token, one: event.submission };
      case 'submission-removed':
        return { id: event.token, one: null };
      default:
        return null;
    }
  }

  protected override _place(): number {
    return 0;
  }
}
