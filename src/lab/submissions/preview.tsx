import { Clipboard } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { SubmissionPreview } from '../../contract';
import { shellLine } from './shell-words';
import { jobsWords } from './words';

/** Commands that are shown before the rest is only counted. */
const MOST = 50;

/** Every file and every command, to the letter; nothing of it has happened. */
export function Preview(props: {
  readonly preview: SubmissionPreview;
  /** Whether the form was changed since. */
  readonly isStale: boolean;
  readonly onMore: () => void;
  readonly trans: TranslationBundle;
}) {
  const { preview, isStale, onMore, trans } = props;
  const { folder, cwd, files, total, commands, problems, counts } = preview;
  return (
    <section
      className={`jp-hepbatch-Preview${isStale ? ' jp-mod-stale' : ''}`}
      aria-label={trans.__('Preview')}
    >
      <h3>
        {trans.__(
          'Preview: %1 in %2',
          jobsWords(counts.jobs, trans),
          trans._n('%2 cluster', '%2 clusters', counts.clusters, counts.clusters.toLocaleString())
        )}
      </h3>
      {isStale && (
        <p className="jp-hepbatch-Hint" role="status">
          {trans.__('The form was changed since; preview it again.')}
        </p>
      )}
      {problems.map(({ level, message, next }) => (
        <div
          key={message}
          role={level === 'refused' ? 'alert' : undefined}
          className={`jp-hepbatch-Problem jp-mod-${level}`}
        >
          <strong>
            {level === 'refused' ? trans.__('It cannot be submitted so') : trans.__('Take care')}
          </strong>
          <p>{message}</p>
          <p className="jp-hepbatch-Hint">{next}</p>
        </div>
      ))}
      <dl className="jp-hepbatch-Facts">
        <dt>{trans.__('Folder')}</dt>
        <dd>
          <code>{folder}</code>
        </dd>
        <dt>{trans.__('Commands')}</dt>
        <dd>
          <span className="jp-hepbatch-Hint">{trans.__('run in %1', cwd)}</span>
          {commands.slice(0, MOST).map(({ name, dataset, jobs, argv }) => (
            <div key={name} title={trans.__('%1: %2', dataset, jobsWords(jobs, trans))}>
              <code>{shellLine(argv)}</code>
            </div>
          ))}
          {commands.length > MOST && (
            <span className="jp-hepbatch-Hint">
              {trans.__('and %1 more of this kind', (commands.length - MOST).toLocaleString())}
            </span>
          )}
        </dd>
      </dl>
      <div className="jp-hepbatch-Part-bar">
        <strong>{trans.__('Files')}</strong>
        <span className="jp-hepbatch-Hint">
          {trans.__('%1 of %2 shown', files.length.toLocaleString(), total.toLocaleString())}
        </span>
      </div>
      <ul className="jp-hepbatch-PreviewFiles" aria-label={trans.__('Files')}>
        {files.map(({ path, text }) => (
          <li key={path}>
            <details>
              <summary>
                <code>{path.startsWith(`${folder}/`) ? path.slice(folder.length + 1) : path}</code>
              </summary>
              <pre tabIndex={0}>{text}</pre>
              <button
                type="button"
                className="jp-hepbatch-Link"
                onClick={() => Clipboard.copyToSystem(text)}
              >
                {trans.__('Copy')}
              </button>
            </details>
          </li>
        ))}
      </ul>
      {files.length < total && !isStale && (
        <button type="button" className="jp-hepbatch-Link" onClick={onMore}>
          {trans.__('Show more files')}
        </button>
      )}
    </section>
  );
}
