import type { IEditorServices } from '@jupyterlab/codeeditor';
import type { TranslationBundle } from '@jupyterlab/translation';
import { FLAVOURS, FLAVOUR_WORDS, JsonSource } from '../../contract';
import { ChoiceField, LinesField, PathField, TextField } from '../audits/fields';
import type { SubmissionForm } from './form-model';
import type { FormValues, TextKey } from './form-values';
import { SamplesField } from './samples-field';
import { shellWords } from './shell-words';
import type { VanillaProfile } from './vanilla-profile';

/** Lets the user choose a file or folder of the host; null where nothing can be chosen from. */
export interface IChoosers {
  readonly file: (form: SubmissionForm) => Choose | null;
  readonly folder: (form: SubmissionForm) => Choose | null;
  /** JupyterLab's code editors; null where it has none. */
  readonly editors: IEditorServices | null;
}

type Choose = (title: string, start: string) => Promise<string | null>;

/** What runs unless something else is asked for. */
const PROGRAM = 'run_analysis.py';

interface IProps {
  readonly form: SubmissionForm;
  readonly trans: TranslationBundle;
}

/** What each field is drawn from. */
function common(form: SubmissionForm, key: TextKey) {
  return {
    value: form.values[key],
    error: form.errors[key],
    onChange: (value: string) => form.change({ [key]: value })
  };
}

/** What is run: runner and samples JSON, the program's words, and where its outputs go. */
export function WhatFields(props: IProps & { readonly choosers: IChoosers }) {
  const { form, choosers, trans } = props;
  const path = (key: 'runner' | 'output', label: string, hint: string) => {
    const choose = key === 'output' ? choosers.folder(form) : choosers.file(form);
    return (
      <PathField
        label={label}
        hint={hint}
        choose={choose && (() => choose(label, form.values[key]))}
        trans={trans}
        {...common(form, key)}
      />
    );
  };
  return (
    <>
      {form.values.runnerGiven === null ? (
        path('runner', trans.__('Runner JSON'), trans.__('As --json-analysis; on that host.'))
      ) : (
        <Given form={form} field="runnerGiven" label={trans.__('Runner JSON')} trans={trans} />
      )}
      {form.values.samplesGiven === null ? (
        <SamplesField
          form={form}
          editors={choosers.editors}
          choose={choosers.file(form)}
          trans={trans}
        />
      ) : (
        <Given form={form} field="samplesGiven" label={trans.__('Samples JSON')} trans={trans} />
      )}
      <WordsField
        form={form}
        field="words"
        label={trans.__('Arguments')}
        hint={trans.__(
          'Of the program, quoted as in a shell; --json-analysis, --executor and --dump are added.'
        )}
        trans={trans}
      />
      {path(
        'output',
        trans.__('Output folder'),
        trans.__('As --dump: absolute, or root://…; left empty: the program is not told any.')
      )}
    </>
  );
}

/** Content in the place of a path, as an audit gave it. */
function Given(
  props: IProps & {
    readonly field: 'runnerGiven' | 'samplesGiven';
    readonly label: string;
  }
) {
  const { form, field, label, trans } = props;
  const given: JsonSource | null = form.values[field];
  return given?.kind !== 'content' ? null : (
    <div className="jp-hepbatch-Field">
      <label>{label}</label>
      <div className="jp-hepbatch-Given">
        <code>{given.name}</code>
        {field === 'samplesGiven' && (
          <button
            type="button"
            className="jp-hepbatch-Link"
            onClick={() =>
              form.change({
                samplesGiven: null,
                samplesEdited: { name: given.name, text: JSON.stringify(given.json, null, 2) }
              })
            }
          >
            {trans.__('Edit it here')}
          </button>
        )}
        <button
          type="button"
          className="jp-hepbatch-Link"
          onClick={() => form.change({ [field]: null })}
        >
          {trans.__('Take a path instead')}
        </button>
      </div>
      <details className="jp-hepbatch-Other">
        <summary>{trans.__('What is in it')}</summary>
        <pre tabIndex={0}>{JSON.stringify(given.json, null, 2)}</pre>
      </details>
    </div>
  );
}

/** A line of words, shown as it is taken apart. */
function WordsField(
  props: IProps & {
    readonly field: 'words' | 'program';
    readonly label: string;
    readonly hint: string;
    readonly placeholder?: string;
  }
) {
  const { form, field, label, hint, placeholder, trans } = props;
  const read = shellWords(form.values[field]);
  return (
    <>
      <TextField
        label={label}
        hint={hint}
        {...common(form, field)}
        {...(placeholder !== undefined && { placeholder })}
        error={
          'unclosed' in read
            ? trans.__('A quote %1 is not closed.', read.unclosed)
            : form.errors[field]
        }
      />
      {'words' in read && read.words.length > 0 && (
        <ol className="jp-hepbatch-Words-list" aria-label={trans.__('Words of %1', label)}>
          {read.words.map((word, i) => (
            <li key={`${i} ${word}`}>
              <code>{word === '' ? '∅' : word}</code>
            </li>
          ))}
        </ol>
      )}
    </>
  );
}

/** How the jobs run: queue, memory, cores, time, and how many files each has. */
export function HowFields(props: IProps & { readonly profile: VanillaProfile }) {
  const { form, profile, trans } = props;
  const { backend } = profile;
  const set: Readonly<Record<string, unknown>> = profile.defaults;
  const field = (key: TextKey, label: string, hint: string, isNumber = false) => {
    const usual = set[key];
    return (
      <TextField
        label={label}
        hint={hint}
        isNumber={isNumber}
        placeholder={typeof usual === 'string' || typeof usual === 'number' ? String(usual) : ''}
        {...common(form, key)}
      />
    );
  };
  const flavour = set['flavour'];
  return (
    <div className="jp-hepbatch-SubmissionForm-fields">
      {(backend === 'vanilla-lxplus' || backend === 'vanilla-htcondor') && (
        <ChoiceField
          label={trans.__('Queue')}
          hint={trans.__('Job flavour: after its time a job is ended.')}
          error={form.errors.queue}
          value={form.values.queue}
          choices={[
            [
              '',
              typeof flavour === 'string' ? flavour : trans.__('as the batch system has it')
            ] as const,
            ...Object.keys(FLAVOURS).map((name, i) => [name, flavourWords(i)] as const),
            ...(form.values.queue in FLAVOURS || form.values.queue === ''
              ? []
              : [[form.values.queue, form.values.queue] as const])
          ]}
          onChange={queue => form.change({ queue })}
        />
      )}
      {backend === 'vanilla-slurm' && (
        <>
          {field('queue', trans.__('Queue'), trans.__('Partition of Slurm'))}
          {field('walltime', trans.__('Wall time'), trans.__('Such as 08:00:00'))}
        </>
      )}
      {field('memory', trans.__('Memory'), trans.__('Of each job: 4GB, 8000MB, or a number of MB'))}
      {field('cores', trans.__('Cores'), trans.__('Of each job'), true)}
      {field('filesPerJob', trans.__('Files per job'), trans.__('Left empty: 1'), true)}
      {field('limit', trans.__('Limit'), trans.__('The first files of each sample only'), true)}
      {field('only', trans.__('Only'), trans.__('Samples, beginnings such as GJet*, or files'))}
    </div>
  );
}

function flavourWords(index: number): string {
  return FLAVOUR_WORDS.split(', ')[index] ?? '';
}

/** What is seldom changed, folded. */
export function Advanced(props: IProps & { readonly choosers: IChoosers }) {
  const { form, choosers, trans } = props;
  const choose = choosers.folder(form);
  const field = (key: TextKey, label: string, hint: string, isNumber = false) => (
    <TextField label={label} hint={hint} isNumber={isNumber} {...common(form, key)} />
  );
  const lines = (key: TextKey, label: string, hint: string) => (
    <LinesField label={label} hint={hint} {...common(form, key)} />
  );
  const frameworks: readonly (readonly [FormValues['framework'], string])[] = [
    ['higgs_dna', 'higgs_dna'],
    ['bottom_line', 'bottom_line']
  ];
  const folder = trans.__('Folder');
  return (
    <details>
      <summary>{trans.__('Advanced')}</summary>
      <WordsField
        form={form}
        field="program"
        label={trans.__('Program')}
        hint={trans.__('Words of the command; left empty: run_analysis.py beside the Python.')}
        placeholder={PROGRAM}
        trans={trans}
      />
      <div className="jp-hepbatch-SubmissionForm-fields">
        <ChoiceField
          label={trans.__('Framework')}
          hint={trans.__('Says how the folder of submissions is called.')}
          value={form.values.framework}
          choices={frameworks}
          onChange={framework => form.change({ framework })}
        />
        <PathField
          label={folder}
          hint={trans.__('Where the folder of submissions is made; left empty: home.')}
          choose={choose && (() => choose(folder, form.values.folder))}
          trans={trans}
          {...common(form, 'folder')}
        />
        {field('disk', trans.__('Disk'), trans.__('Of each job, such as 10GB'))}
        {field('account', trans.__('Account'), trans.__('Of Slurm'))}
        {field('image', trans.__('Container image'), trans.__('That the jobs run in'))}
        {field('retries', trans.__('Retries'), trans.__('By HTCondor; left empty: 3'), true)}
        {field('maxIdle', trans.__('At most idle'), trans.__('Of HTCondor'), true)}
        {field('maxMaterialize', trans.__('At most in the queue'), trans.__('Of HTCondor'), true)}
        {field('proxy', trans.__('Proxy'), trans.__('Path; left empty: the one found there'))}
      </div>
      {lines('setup', trans.__('Set-up'), trans.__('Lines of bash before the program'))}
      {lines(
        'environment',
        trans.__('Environment variables'),
        trans.__('NAME=value, as they stand; no place for passwords')
      )}
      {lines('pythonPath', trans.__('Python path'), trans.__('Folders where Python looks first'))}
      {lines(
        'directives',
        trans.__('Directives'),
        trans.__('name=value: lines of the submit file; they replace those of that name')
      )}
    </details>
  );
}
