import type { ISignal } from '@lumino/signaling';
import { UUID } from '@lumino/coreutils';
import * as z from 'zod';
import { HepbatchError, Submission, SubmissionRequest, get, submissions } from '../contract';
import type { AgentEvent, Call, JobSelection, SubmissionPreview } from '../contract';
import { CellState } from './cell-state';

/** Answered by the kernel: the submission of the cell, or as long as there is none the request for it. */
const ofCell = get(
  '/submissions/of-cell',
  z.object({ submission: Submission.nullable(), request: SubmissionRequest.nullable() })
);

/** The submission of one cell: what is asked for, and once it is submitted how it stands. */
export class CellSubmission extends CellState {
  /** `heard` is what the kernel passes on of this submission. */
  constructor(
    private readonly _call: Call,
    heard: ISignal<unknown, AgentEvent>
  ) {
    super(heard);
  }

  /** Null: not submitted, or not known yet. */
  get submission(): Submission | null {
    return this._submission;
  }

  /** What Submit will ask for; null once it is submitted. */
  get request(): SubmissionRequest | null {
    return this._submission === null ? this._request : null;
  }

  /** What would be written and run, where somebody wanted to see it. */
  get preview(): SubmissionPreview | null {
    return this._preview;
  }

  /** The submission that runs again what failed of this one. */
  get child(): Submission | null {
    return this._child;
  }

  async refresh(): Promise<void> {
    await this.doing(() =>
      this.asking(
        () => this._call(ofCell, undefined),
        ({ submission, request }) => {
          this._request ??= request; // what was changed here stays
          this._submission = submission;
        }
      )
    );
  }

  /** Otherwise than the cell says; what was previewed is no longer so. */
  change(change: Partial<Pick<SubmissionRequest, 'clusterPerSample'>>): void {
    if (this._request !== null) {
      this._request = { ...this._request, ...change };
      this._preview = null;
      this.changed();
    }
  }

  async look(): Promise<void> {
    const { _request: request } = this;
    if (request !== null) {
      await this.doing(async () => {
        this._preview = await this._call(submissions.preview, { request });
      });
    }
  }

  /** The kernel has the token, under which this is submitted once. */
  async submit(): Promise<void> {
    const { _request: request } = this;
    if (request !== null) {
      await this.doing(() =>
        this.asking(
          () => this._call(submissions.submit, { token: UUID.uuid4(), request }),
          submission => this._take(submission)
        )
      );
    }
  }

  /** Holds, releases or removes jobs. */
  async act(verb: 'hold' | 'release' | 'remove', jobs: JobSelection): Promise<void> {
    await this._doFor(async token => {
      const { outcomes } = await this.asking(
        () => this._call(submissions[verb], { token, jobs }),
        ({ submission }) => this._take(submission)
      );
      needDone(outcomes);
    });
  }

  /** Runs held and failed jobs again. */
  async retry(): Promise<void> {
    await this._doFor(async token => {
      const body = { token, child: UUID.uuid4() };
      const { outcomes, child } = await this._call(submissions.retry, body);
      this._child = child;
      needDone(outcomes);
    });
  }

  protected override hear(event: AgentEvent): void {
    if (event.topic === 'submission') {
      this._take(event.submission);
      this.changed();
    }
  }

  private async _doFor(act: (token: string) => Promise<void>): Promise<void> {
    const { _submission: submission } = this;
    if (submission !== null) {
      await this.doing(() => act(submission.token));
    }
  }

  private _take(submission: Submission): void {
    this._submission = submission;
    this._preview = null;
  }

  private _submission: Submission | null = null;
  private _request: SubmissionRequest | null = null;
  private _preview: SubmissionPreview | null = null;
  private _child: Submission | null = null;
}

/** Throws what the scheduler said to the first cluster of jobs for which it was not done. */
function needDone(outcomes: z.output<typeof submissions.hold.reply>['outcomes']): void {
  const other = outcomes.find(({ end }) => end !== 'done');
  if (other !== undefined) {
    const code = other.end === 'refused' ? 'refused' : 'unknown-outcome';
    throw new HepbatchError(code, `${other.cluster}: ${other.words}`, {
      next: 'Look at its state, then try again.'
    });
  }
}
