import type { TranslationBundle } from '@jupyterlab/translation';
import type { Submission } from '../../contract';
import { ago } from '../audits/times';
import { useNow } from '../connections/clock';
import { spanWords } from '../connections/words';
import { JobBar } from './job-bar';
import type { IMonitorActions } from './monitor';
import type { MonitorModel } from './monitor-model';
import { countsWords, nameOf, stateWord, stateWords } from './words';

/** How far the submission is, where it stands in its chain, and the verbs on the whole of it. */
export function MonitorHeader(props: {
  readonly model: MonitorModel;
  readonly submission: Submission;
  readonly actions: IMonitorActions;
  readonly trans: TranslationBundle;
}) {
  const { model, submission, actions, trans } = props;
  const { state, can, counts, createdAt, endsAt, endedAt, origin } = submission;
  const now = useNow(endsAt === null ? null : 10_000);
  const all: readonly (readonly [Parameters<IMonitorActions['run']>[0], string, boolean])[] = [
    ['reconcile', trans.__('Ask the scheduler'), can.includes('reconcile')],
    ['resume', trans.__('Send the rest…'), can.includes('resume')],
    ['fetch', trans.__('Fetch outputs…'), can.includes('fetch')],
    ['audit', trans.__('Audit this submission…'), can.includes('audit')],
    ['again', trans.__('New one like this…'), origin === 'hepbatch'],
    ['forget', trans.__('Forget…'), can.includes('forget')]
  ];
  return (
    <header className="jp-hepbatch-Report-header">
      <div className="jp-hepbatch-Report-title">
        <h2>{nameOf(submission)}</h2>
        <span className={`jp-hepbatch-State jp-mod-${state}`}>{stateWord(state, trans)}</span>
        <span className="jp-hepbatch-Hint">{ago(createdAt, trans)}</span>
      </div>
      <div className="jp-hepbatch-Report-actions">
        {all
          .filter(([, , isOffered]) => isOffered)
          .map(([verb, words]) => (
            <button
              key={verb}
              type="button"
              className="jp-hepbatch-Button"
              onClick={() => actions.run(verb)}
            >
              {words}
            </button>
          ))}
        <button
          type="button"
          className="jp-hepbatch-Button"
          title={trans.__('Look at logs and queue now')}
          onClick={() => void model.refresh()}
        >
          {trans.__('Look now')}
        </button>
      </div>
      <div className="jp-hepbatch-Report-asked">
        <span className="jp-hepbatch-Path" title={submission.folder}>
          {trans.__('Folder: %1', submission.folder)}
        </span>
        {submission.output !== null && <span>{trans.__('Outputs: %1', submission.output)}</span>}
        {submission.schedd !== null && <span>{trans.__('Schedd: %1', submission.schedd)}</span>}
        <Chain model={model} actions={actions} trans={trans} />
      </div>
      <div className="jp-hepbatch-Monitor-progress">
        <span role="status">
          <strong>{stateWords(submission, trans)}</strong> {countsWords(counts, trans)}
        </span>
        <JobBar counts={counts} trans={trans} />
        <span className="jp-hepbatch-Hint">
          {endsAt !== null &&
            endedAt === null &&
            trans.__(
              'About %1 to go, as fast as so far; ends near %2.',
              spanWords(Math.max(Date.parse(endsAt) - now, 0), trans),
              new Date(endsAt).toLocaleString()
            )}
          {endedAt !== null && trans.__('Ended at %1.', new Date(endedAt).toLocaleString())}
        </span>
      </div>
    </header>
  );
}

/** The submission whose missing files it runs, and those that run its own. */
function Chain(props: {
  readonly model: MonitorModel;
  readonly actions: IMonitorActions;
  readonly trans: TranslationBundle;
}) {
  const { model, actions, trans } = props;
  const { parent, children } = model;
  const link = (other: Submission) => (
    <button
      key={other.token}
      type="button"
      className="jp-hepbatch-Link"
      onClick={() => actions.open(other.token)}
    >
      {nameOf(other)}
    </button>
  );
  return (
    <>
      {parent !== null && (
        <span>
          {trans.__('Runs what was missing of')} {link(parent)}
        </span>
      )}
      {children.length > 0 && (
        <span>
          {trans.__('What was missing is run by')} {children.map(link)}
        </span>
      )}
    </>
  );
}
