import type { TranslationBundle } from '@jupyterlab/translation';
import type { Submission, SubmissionGroup } from '../../contract';
import type { MonitorModel } from './monitor-model';
import { JobStateMark } from './job-bar';
import { jobsWords } from './words';

/** Jobs that fail, are held or wait for one reason, the largest groups first. */
export function Groups(props: {
  readonly model: MonitorModel;
  readonly submission: Submission;
  readonly trans: TranslationBundle;
}) {
  const { model, submission, trans } = props;
  const { groups } = submission;
  if (groups.length === 0) {
    return null;
  }
  const show = (group: SubmissionGroup) => {
    model.showOnly([group.state]);
    model.look(group);
  };
  return (
    <section className="jp-hepbatch-Groups" aria-label={trans.__('Reasons')}>
      <h3>{trans.__('Reasons')}</h3>
      <ul>
        {groups.map(group => (
          <li key={`${group.state} ${group.words}`} className="jp-hepbatch-Group">
            <JobStateMark state={group.state} trans={trans} />
            <span className="jp-hepbatch-Group-words">
              <strong>{jobsWords(group.jobs, trans)}:</strong> {group.words}
              {group.advice !== null && (
                <span className="jp-hepbatch-Hint jp-hepbatch-Group-advice">{group.advice}</span>
              )}
            </span>
            <span className="jp-hepbatch-Item-actions">
              <button type="button" className="jp-hepbatch-Link" onClick={() => show(group)}>
                {trans.__('Look at one')}
              </button>
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
