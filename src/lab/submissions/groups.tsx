import type { TranslationBundle } from '@jupyterlab/translation';
import type { Submission, SubmissionGroup } from '../../contract';
import { FITTING } from './monitor';
import type { IMonitorActions } from './monitor';
import type { MonitorModel } from './monitor-model';
import { JobStateMark } from './job-bar';
import { jobsWords } from './words';

/** Jobs that fail, are held or wait for one reason, the largest groups first. */
export function Groups(props: {
  readonly model: MonitorModel;
  readonly submission: Submission;
  readonly actions: Pick<IMonitorActions, 'act'>;
  readonly trans: TranslationBundle;
}) {
  const { model, submission, actions, trans } = props;
  const { groups, can } = submission;
  if (groups.length === 0) {
    return null;
  }
  const show = (group: SubmissionGroup) => {
    model.showOnly([group.state]);
    model.look(group);
  };
  const canRetry = ({ state }: SubmissionGroup) =>
    can.includes('retry') && FITTING.retry.some(fitting => fitting === state);
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
              <button
                type="button"
                className="jp-hepbatch-Link"
                onClick={() => void model.selectAlike(group)}
              >
                {trans.__('Select these')}
              </button>
              {canRetry(group) && (
                <button
                  type="button"
                  className="jp-hepbatch-Link"
                  onClick={() =>
                    void model.alike(group).then(jobs => {
                      if (jobs.length > 0) {
                        actions.act('retry', jobs);
                      }
                    })
                  }
                >
                  {trans.__('Retry these…')}
                </button>
              )}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
