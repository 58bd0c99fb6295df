import { Notification } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { Submission } from '../../contract';
import type { SubmissionsModel } from './model';
import { countsWords, jobsWords, nameOf } from './words';

/** What is told of once. */
type Moment = 'failed' | 'held' | 'done';

/** Tells of the first failure, of held jobs, and of the end of each submission. */
export class SubmissionNotices {
  constructor(
    private readonly _model: SubmissionsModel,
    private readonly _open: (token: string) => void,
    private readonly _trans: TranslationBundle
  ) {
    _model.stateChanged.connect(this._onState, this);
  }

  private _onState(): void {
    for (const submission of this._model.submissions) {
      const now = momentsOf(submission);
      const before = this._seen.get(submission.token);
      this._seen.set(submission.token, now);
      // What happened before this page was opened is on the card.
      const news = before === undefined ? [] : [...now].filter(moment => !before.has(moment));
      for (const moment of news) {
        this._tell(submission, moment);
      }
      if (now.has('held') && !news.includes('held')) {
        this._update(submission);
      }
    }
  }

  private _tell(submission: Submission, moment: Moment): void {
    const { token, counts, jobs } = submission;
    const isFine = moment === 'done' && counts.succeeded === jobs;
    const id = Notification.emit(this._words(submission, moment), isFine ? 'success' : 'warning', {
      autoClose: moment === 'held' ? false : 15_000,
      actions: [{ label: this._trans.__('Look at it'), callback: () => this._open(token) }]
    });
    if (moment === 'held') {
      this._held.set(token, id);
    }
  }

  /** That jobs are held stays on the page, so it says how many as long as it is there. */
  private _update(submission: Submission): void {
    const id = this._held.get(submission.token) ?? '';
    const message = this._words(submission, 'held');
    const shown = Notification.manager.notifications.find(one => one.id === id);
    if (shown !== undefined && shown.message !== message) {
      Notification.update({ id, message });
    }
  }

  private _words(submission: Submission, moment: Moment): string {
    const { _trans: trans } = this;
    const { counts, groups } = submission;
    const name = nameOf(submission);
    const group = groups.find(({ state }) => state === moment);
    const reason = group === undefined ? [] : [group.words, group.advice ?? ''];
    const titles: Record<Moment, string> = {
      failed: trans.__('%1: the first job failed', name),
      held: trans.__('%1: %2 held', name, jobsWords(counts.held ?? 0, trans)),
      done: trans.__('%1 is done: %2', name, countsWords(counts, trans))
    };
    return [titles[moment], ...reason].filter(line => line !== '').join('\n\n');
  }

  private readonly _seen = new Map<string, ReadonlySet<Moment>>();
  /** The message on the held jobs of a submission. */
  private readonly _held = new Map<string, string>();
}

function momentsOf({ counts, state }: Submission): Set<Moment> {
  return new Set<Moment>([
    ...((counts.failed ?? 0) > 0 ? (['failed'] as const) : []),
    ...((counts.held ?? 0) > 0 ? (['held'] as const) : []),
    ...(state === 'done' ? (['done'] as const) : [])
  ]);
}
