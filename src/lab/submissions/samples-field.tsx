import type { IEditorServices } from '@jupyterlab/codeeditor';
import type { TranslationBundle } from '@jupyterlab/translation';
import { Field, PathField } from '../audits/fields';
import type { SubmissionForm } from './form-model';
import { JsonEditor } from './json-editor';
import { SAMPLES_EXAMPLE, readSamples } from './samples-text';

/** The samples JSON: a path on the host, or written here. */
export function SamplesField(props: {
  readonly form: SubmissionForm;
  readonly editors: IEditorServices | null;
  readonly choose: ((title: string, start: string) => Promise<string | null>) | null;
  readonly trans: TranslationBundle;
}) {
  const { form, editors, choose, trans } = props;
  const { samples, samplesEdited: edited } = form.values;
  const label = trans.__('Samples JSON');
  if (edited === null) {
    return (
      <div className="jp-hepbatch-SamplesField">
        <PathField
          label={label}
          hint={trans.__('Left empty: the one that the runner JSON names.')}
          choose={choose && (() => choose(label, samples))}
          trans={trans}
          value={samples}
          error={form.errors.samples}
          onChange={value => form.change({ samples: value })}
        />
        <button
          type="button"
          className="jp-hepbatch-Link"
          disabled={
            form.busy !== null || (!form.isReachable && samples + form.values.runner !== '')
          }
          title={trans.__('What is written here goes with the submission; no file is changed')}
          onClick={() => void form.editSamples()}
        >
          {form.busy === 'samples' ? trans.__('Reading…') : trans.__('Edit it here')}
        </button>
      </div>
    );
  }
  const { name, text } = edited;
  const read = text.trim() === '' ? null : readSamples(text, trans);
  const fault = read !== null && 'fault' in read ? read.fault : form.errors.samples;
  return (
    <div className="jp-hepbatch-SamplesField">
      <Field label={label} hint={hintOf(read, editors !== null, trans)} error={fault}>
        {({ id, describedBy }) => (
          <JsonEditor
            id={id}
            label={label}
            describedBy={describedBy}
            isWrong={fault !== undefined}
            text={text}
            example={SAMPLES_EXAMPLE}
            editors={editors}
            onChange={typed => form.change({ samplesEdited: { name, text: typed } })}
          />
        )}
      </Field>
      <button
        type="button"
        className="jp-hepbatch-Link"
        onClick={() => form.change({ samplesEdited: null })}
      >
        {trans.__('Take a path instead')}
      </button>
    </div>
  );
}

function hintOf(
  read: ReturnType<typeof readSamples> | null,
  hasTabs: boolean,
  trans: TranslationBundle
): string {
  const leave = hasTabs ? trans.__('Escape, then Tab leaves the editor.') : '';
  if (read === null || 'fault' in read) {
    return trans.__('Datasets with their files; it goes with the submission. %1', leave);
  }
  const lists = Object.values(read.json);
  const files = lists.reduce((sum, list) => sum + list.length, 0);
  return trans.__(
    '%1, %2; they go with the submission. %3',
    trans._n('1 dataset', '%1 datasets', lists.length, lists.length.toLocaleString()),
    trans._n('1 file', '%1 files', files, files.toLocaleString()),
    leave
  );
}
