import { useId } from 'react';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { SubmissionForm } from './form-model';
import { jobsWords } from './words';

/** What the submitter of the framework calls it. */
const NAME = 'cluster_per_sample';

/** The toggle of one cluster for each sample, with what it means here. */
export function ClusterPerSample(props: {
  readonly form: SubmissionForm;
  readonly trans: TranslationBundle;
}) {
  const { form, trans } = props;
  const { clusterPerSample } = form.values;
  const { counts } = form;
  const id = useId();
  return (
    <div className="jp-hepbatch-Field jp-mod-tick jp-hepbatch-Toggle">
      <input
        id={id}
        type="checkbox"
        checked={clusterPerSample}
        aria-describedby={`${id}-hint`}
        onChange={event => form.change({ clusterPerSample: event.target.checked })}
      />
      <label htmlFor={id}>
        <code>{NAME}</code>
      </label>
      <span id={`${id}-hint`} className="jp-hepbatch-Hint">
        {clusterPerSample
          ? trans.__('One cluster of jobs for each sample: few ids, quick to submit and to watch.')
          : trans.__(
              'One cluster for each job: each has an id of its own; slow for many jobs.'
            )}{' '}
        <strong role="status">
          {counts !== null &&
            trans.__(
              '%1: %2 of %3',
              trans._n(
                '%2 cluster',
                '%2 clusters',
                counts.clusters,
                counts.clusters.toLocaleString()
              ),
              jobsWords(counts.jobs, trans),
              trans._n('%2 sample', '%2 samples', counts.datasets, counts.datasets.toLocaleString())
            )}
        </strong>
      </span>
    </div>
  );
}
