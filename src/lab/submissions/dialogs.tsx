import { Dialog, showDialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { FLAVOURS, FLAVOUR_WORDS } from '../../contract';
import type { JobsOutcome, Submission, SubmissionJob, SubmissionPreview } from '../../contract';
import { askOnConnection } from '../ask-on-connection';
import { FieldsBody } from '../fields-body';
import type { IField } from '../fields-body';
import type { JobVerb } from './model';
import { nameOf, jobsWords } from './words';
import type { VanillaProfile } from './vanilla-profile';

/** Whether so many jobs shall be submitted. */
export async function maySubmit(
  { counts, folder, problems }: SubmissionPreview,
  { title }: VanillaProfile,
  trans: TranslationBundle
): Promise<boolean> {
  const clusters = trans._n(
    '%2 cluster',
    '%2 clusters',
    counts.clusters,
    counts.clusters.toLocaleString()
  );
  const warnings = problems.map(({ message }) => message);
  const answer = await showDialog({
    title: trans.__('Submit %1 in %2?', jobsWords(counts.jobs, trans), clusters),
    body: [
      trans.__('They go to %1, and their files into %2.', title, folder),
      ...(warnings.length > 0 ? [trans.__('Take care: %1', warnings.join(' '))] : [])
    ].join(' '),
    buttons: [
      Dialog.cancelButton(),
      Dialog.okButton({ label: trans.__('Submit %1', jobsWords(counts.jobs, trans)) })
    ]
  });
  return answer.button.accept;
}

/** Whether so many jobs shall be held, released or removed. */
export async function mayAct(
  verb: JobVerb,
  submission: Submission,
  count: number,
  trans: TranslationBundle
): Promise<boolean> {
  const jobs = jobsWords(count, trans);
  const name = nameOf(submission);
  const words: Record<JobVerb, readonly [string, string, string]> = {
    hold: [
      trans.__('Hold %1?', jobs),
      trans.__('Those of %1 that run are stopped; they begin anew when they are released.', name),
      trans.__('Hold')
    ],
    release: [
      trans.__('Release %1?', jobs),
      trans.__('Those of %1 wait in the queue again, as they were.', name),
      trans.__('Release')
    ],
    remove: [
      trans.__('Remove %1?', jobs),
      trans.__('They leave the queue; what those of %1 had not written is lost.', name),
      trans.__('Remove')
    ]
  };
  const [title, body, label] = words[verb];
  const answer = await showDialog({
    title,
    body,
    buttons: [
      Dialog.cancelButton(),
      verb === 'remove' ? Dialog.warnButton({ label }) : Dialog.okButton({ label })
    ]
  });
  return answer.button.accept;
}

/** What a retry changes. */
export interface IRetryChanges {
  readonly memoryMb: number | null;
  readonly queue: string | null;
  readonly walltimeSeconds: number | null;
  readonly excludeNodes: string[];
}

/** Asks what the next attempt shall have; null: nothing shall be tried again. */
export async function askRetry(
  submission: Submission,
  jobs: readonly SubmissionJob[],
  trans: TranslationBundle
): Promise<IRetryChanges | null> {
  const { backend } = submission;
  const asked = jobs.reduce((most, { requestedMemoryMb: mb }) => Math.max(most, mb ?? 0), 0);
  const nodes = [...new Set(jobs.flatMap(({ node }) => node ?? []))];
  const keep = trans.__('as it is');
  const queue: IField =
    backend === 'vanilla-slurm'
      ? { key: 'queue', label: trans.__('Partition'), type: 'text', value: '', hint: keep }
      : {
          key: 'queue',
          label: trans.__('Job flavour'),
          value: '',
          choices: [
            ['', keep],
            ...Object.keys(FLAVOURS).map(
              (name, i) => [name, FLAVOUR_WORDS.split(', ')[i] ?? name] as const
            )
          ]
        };
  const isLocal = backend === 'vanilla-local';
  const body = new FieldsBody([
    {
      key: 'memory',
      label: trans.__('Memory of each job in MB'),
      type: 'number',
      value: '',
      hint: asked > 0 ? trans.__('as it is: %1', Math.round(asked)) : keep
    },
    ...(isLocal ? [] : [queue]),
    ...(backend === 'vanilla-slurm'
      ? [
          {
            key: 'hours',
            label: trans.__('Wall time in hours'),
            type: 'number' as const,
            hasParts: true,
            value: '',
            hint: keep
          }
        ]
      : []),
    ...(isLocal
      ? []
      : [
          {
            key: 'nodes',
            label: trans.__('Exclude nodes'),
            type: 'text' as const,
            value: '',
            hint: nodes.length > 0 ? trans.__('such as %1', nodes.slice(0, 3).join(' ')) : ''
          }
        ])
  ]);
  const held = jobs.filter(({ state }) => state === 'held').length;
  const answer = await showDialog({
    title: trans.__(
      'Retry %1: %2 held are released, %3 are submitted again',
      jobsWords(jobs.length, trans),
      held.toLocaleString(),
      (jobs.length - held).toLocaleString()
    ),
    body,
    focusNodeSelector: 'input',
    buttons: [
      Dialog.cancelButton(),
      Dialog.okButton({ label: trans.__('Retry %1', jobsWords(jobs.length, trans)) })
    ]
  });
  if (!answer.button.accept) {
    return null;
  }
  const { memory = '', queue: chosen = '', hours = '', nodes: excluded = '' } = answer.value ?? {};
  const positive = (typed: string) => (Number(typed) > 0 ? Number(typed) : null);
  const time = positive(hours);
  const mb = positive(memory);
  return {
    memoryMb: mb === null ? null : Math.ceil(mb),
    queue: chosen.trim() === '' ? null : chosen.trim(),
    walltimeSeconds: time === null ? null : Math.ceil(time * 3600),
    excludeNodes: excluded.split(/[\s,]+/).filter(node => node !== '')
  };
}

/** Asks which folder of the framework's own submitter shall be watched. */
export async function askImport(
  profiles: readonly VanillaProfile[],
  given: { readonly connection: string | null; readonly folder: string | null },
  trans: TranslationBundle
): Promise<{ readonly connection: string; readonly folder: string } | null> {
  const asked = {
    title: trans.__('Import a submission'),
    ok: trans.__('Import'),
    label: trans.__('Folder that the submitter made, on that host'),
    hint: '~/.higgs_dna_vanilla_lxplus/analysis_20260522_175343'
  };
  const { connection, folder } = given;
  const answer = await askOnConnection(profiles, { ...asked, connection, text: folder }, trans);
  return answer && { connection: answer.connection, folder: answer.text };
}

/** Asks about a verb on the whole of a submission. */
export async function mayRun(
  verb: 'resume' | 'fetch' | 'forget',
  submission: Submission,
  trans: TranslationBundle
): Promise<boolean> {
  const name = nameOf(submission);
  const { clusters } = submission;
  const left = (clusters.prepared ?? 0) + (clusters.absent ?? 0) + (clusters.refused ?? 0);
  const words = {
    resume: [
      trans.__('Send the rest of %1?', name),
      trans.__(
        '%1 that the scheduler does not have are sent; what is unknown is looked for first.',
        trans._n('%2 cluster', '%2 clusters', left, left.toLocaleString())
      ),
      trans.__('Send')
    ],
    fetch: [
      trans.__('Fetch the outputs of %1?', name),
      trans.__(
        'Outputs of spooled jobs come back; then its %1 completed jobs leave the queue.',
        (submission.counts.succeeded ?? 0).toLocaleString()
      ),
      trans.__('Fetch')
    ],
    forget: [
      trans.__('Forget %1?', name),
      trans.__('It is no longer listed. Its files on the host stay.'),
      trans.__('Forget')
    ]
  } as const;
  const [title, body, label] = words[verb];
  const answer = await showDialog({
    title,
    body,
    buttons: [Dialog.cancelButton(), Dialog.okButton({ label })]
  });
  return answer.button.accept;
}

/** What did not come of an action, in the scheduler's words; null where all was done. */
export function outcomeWords(
  outcomes: readonly JobsOutcome[],
  trans: TranslationBundle
): string | null {
  const bad = outcomes.filter(({ end }) => end !== 'done');
  if (bad.length === 0) {
    return null;
  }
  const ends = { done: '', refused: trans.__('refused'), unknown: trans.__('not certain') };
  return bad
    .slice(0, 5)
    .map(({ cluster, jobs, end, words }) =>
      trans.__('%1, %2: %3. %4', cluster, jobsWords(jobs, trans), ends[end], words)
    )
    .join('\n\n');
}
