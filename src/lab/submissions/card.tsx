import { useId } from 'react';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { ConnectionProfile, Submission } from '../../contract';
import { ago } from '../audits/times';
import { JobBar } from './job-bar';
import { countsWords, jobsWords, nameOf, stateWord, stateWords } from './words';

/** What a card does; it knows neither commands nor an application. */
export interface ICardActions {
  readonly open: (token: string) => void;
  readonly run: (verb: CardVerb, token: string) => void;
}

/** The verbs that a card offers. */
export type CardVerb = 'retry' | 'reconcile' | 'resume' | 'audit' | 'again' | 'forget';

/** One submission: its jobs as a bar, what is wrong, and what can be done next. */
export function Card(props: {
  readonly submission: Submission;
  readonly profile: ConnectionProfile | undefined;
  readonly actions: ICardActions;
  readonly trans: TranslationBundle;
}) {
  const { submission, profile, actions, trans } = props;
  const { token, state, connection, counts, groups, failure, blind, createdAt } = submission;
  const label = useId();
  const worst = groups.find(group => group.state === 'failed' || group.state === 'held');
  return (
    <li
      className="jp-hepbatch-Item jp-hepbatch-Submission"
      data-submission={token}
      aria-labelledby={label}
    >
      <button
        type="button"
        className="jp-hepbatch-Item-open"
        title={submission.folder}
        onClick={() => actions.open(token)}
      >
        <span id={label} className="jp-hepbatch-Item-name">
          {nameOf(submission)}
        </span>
        <span className={`jp-hepbatch-State jp-mod-${state}`}>{stateWord(state, trans)}</span>
        <span className="jp-hepbatch-Item-source">
          {[profile?.title ?? connection, jobsWords(submission.jobs, trans), ago(createdAt, trans)]
            .concat(submission.parent === null ? [] : [trans.__('missing files of another')])
            .concat(submission.origin === 'imported' ? [trans.__('imported')] : [])
            .join(' · ')}
        </span>
        <span className="jp-hepbatch-Item-words">
          {countsWords(counts, trans) || stateWords(submission, trans)}
        </span>
      </button>
      <JobBar counts={counts} trans={trans} />
      {worst !== undefined && (
        <p className="jp-hepbatch-Submission-trouble">
          {trans.__('%1: %2', jobsWords(worst.jobs, trans), worst.words)}
        </p>
      )}
      {failure !== null && (
        <p className="jp-hepbatch-Submission-trouble" role="alert">
          {failure.message}
        </p>
      )}
      {blind !== null && (
        <p className="jp-hepbatch-Hint" role="status">
          {trans.__('Its jobs cannot be seen right now: %1', blind.message)}
        </p>
      )}
      <div className="jp-hepbatch-Item-actions" role="group" aria-labelledby={label}>
        {verbsOf(submission, trans).map(([verb, words]) => (
          <button
            key={verb}
            type="button"
            className="jp-hepbatch-Link"
            onClick={() => actions.run(verb, token)}
          >
            {words}
          </button>
        ))}
      </div>
    </li>
  );
}

function verbsOf(
  { can, counts, state, origin }: Submission,
  trans: TranslationBundle
): readonly (readonly [CardVerb, string])[] {
  const troubled = (counts.held ?? 0) + (counts.failed ?? 0) > 0;
  const all: readonly (readonly [CardVerb, string, boolean])[] = [
    ['reconcile', trans.__('Ask the scheduler'), can.includes('reconcile') && state === 'unknown'],
    ['resume', trans.__('Send the rest…'), can.includes('resume')],
    ['retry', trans.__('Retry…'), can.includes('retry') && troubled],
    ['audit', trans.__('Audit…'), can.includes('audit')],
    ['again', trans.__('New one like this…'), origin === 'hepbatch'],
    ['forget', trans.__('Forget'), can.includes('forget')]
  ];
  return all.filter(([, , isOffered]) => isOffered).map(([verb, words]) => [verb, words]);
}
