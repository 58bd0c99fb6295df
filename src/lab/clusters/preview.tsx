import { Clipboard } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { ClusterPreview } from '../../contract';
import { versionWords } from './words';

/** What would be run, to the letter; nothing of it has happened. */
export function Preview(props: {
  readonly preview: ClusterPreview;
  /** Whether the form was changed since. */
  readonly isStale: boolean;
  readonly trans: TranslationBundle;
}) {
  const { preview, isStale, trans } = props;
  const { script, submit, scheduler, folder, warnings, interpreter } = preview;
  return (
    <section
      className={`jp-hepbatch-Preview${isStale ? ' jp-mod-stale' : ''}`}
      aria-label={trans.__('Preview')}
    >
      <h3>{trans.__('Preview of %1', preview.name)}</h3>
      {isStale && (
        <p className="jp-hepbatch-Hint" role="status">
          {trans.__('The form was changed since; preview it again.')}
        </p>
      )}
      {warnings.map(warning => (
        <p key={warning} className="jp-hepbatch-Cluster-trouble jp-mod-warning">
          {warning}
        </p>
      ))}
      <dl className="jp-hepbatch-Facts">
        <dt>{trans.__('Python')}</dt>
        <dd>
          <bdi>{interpreter.path}</bdi>
          <span className="jp-hepbatch-Hint">{versionWords(interpreter.versions)}</span>
        </dd>
        <dt>{trans.__('Scheduler')}</dt>
        <dd>
          <code>{scheduler}</code>
        </dd>
        <dt>{trans.__('Files')}</dt>
        <dd>
          <code>{folder}</code>
        </dd>
        {submit.length > 0 && (
          <>
            <dt>{trans.__('Submitted by')}</dt>
            <dd>
              <code>{submit.join(' ')}</code>
            </dd>
          </>
        )}
      </dl>
      {script === null ? (
        <p>{trans.__('There is no job script: the workers are processes of that machine.')}</p>
      ) : (
        <>
          <div className="jp-hepbatch-Part-bar">
            <strong>{trans.__('Job script')}</strong>
            <button
              type="button"
              className="jp-hepbatch-Link"
              onClick={() => Clipboard.copyToSystem(script)}
            >
              {trans.__('Copy')}
            </button>
          </div>
          <pre tabIndex={0} aria-label={trans.__('Job script')}>
            {script}
          </pre>
        </>
      )}
    </section>
  );
}
