import { useRef, useState } from 'react';
import type { TranslationBundle } from '@jupyterlab/translation';
import { toFailure } from '../../contract';
import type { AuditRequest, Failure } from '../../contract';
import { FailureView } from '../failure';
import { ChoiceField, PathField, TextField, TickField } from './fields';
import { isThere, readForm } from './form-model';
import type { FormErrors, IFormValues, PathKey } from './form-model';
import { WhereField } from './where';
import type { IPlaces } from './where';

/** Lets the user choose a file or a folder; null: nothing was chosen. */
export type Choose = (
  kind: 'json' | 'file' | 'folder',
  title: string,
  start: string
) => Promise<string | null>;

/** The form of a new audit. */
export function AuditForm(props: {
  readonly first: IFormValues;
  readonly serverRoot: string;
  readonly choose: Choose | null;
  /** Null: outputs are on this machine. */
  readonly places: IPlaces | null;
  readonly onStart: (request: AuditRequest, form: IFormValues) => Promise<void>;
  readonly trans: TranslationBundle;
}) {
  const { serverRoot, choose, places, onStart, trans } = props;
  const [form, setForm] = useState(props.first);
  const [errors, setErrors] = useState<FormErrors>({});
  const [failure, setFailure] = useState<Failure | null>(null);
  const [isStarting, setStarting] = useState(false);
  const node = useRef<HTMLFormElement>(null);

  const set = <K extends keyof IFormValues>(key: K, value: IFormValues[K]) => {
    setForm(known => ({ ...known, [key]: value }));
    setErrors(known => ({ ...known, [key]: undefined }));
  };
  const path = (
    key: PathKey,
    kind: 'json' | 'file' | 'folder',
    label: string,
    hint: string,
    placeholder = ''
  ) => (
    <PathField
      label={label}
      hint={hint}
      placeholder={placeholder}
      value={form[key]}
      error={errors[key]}
      onChange={value => set(key, value)}
      choose={chooserOf(key, kind, label)}
      trans={trans}
    />
  );
  /** On another host only folders can be chosen. */
  const chooserOf = (key: PathKey, kind: 'json' | 'file' | 'folder', label: string) => {
    if (!isThere(form, key)) {
      return choose && (() => choose(kind, label, form[key]));
    }
    return places && kind === 'folder' ? () => places.choose(form.on, label, form[key]) : null;
  };
  const number = (
    key: 'chunk' | 'limit' | 'timeoutSeconds' | 'workers',
    label: string,
    hint: string
  ) => (
    <TextField
      label={label}
      hint={hint}
      isNumber
      value={form[key]}
      error={errors[key]}
      onChange={value => set(key, value)}
    />
  );
  const start = async () => {
    const read = readForm(form, serverRoot, trans);
    setErrors(read.errors);
    setFailure(null);
    if (read.request === null) {
      // After the drawing: the first field with a fault gets the focus.
      requestAnimationFrame(() => {
        const wrong = node.current?.querySelector<HTMLElement>('[aria-invalid="true"]');
        wrong?.closest('details')?.setAttribute('open', '');
        wrong?.focus();
      });
      return;
    }
    setStarting(true);
    try {
      await onStart(read.request, form);
    } catch (error) {
      setFailure(toFailure(error));
    }
    setStarting(false);
  };
  return (
    <form
      ref={node}
      className="jp-hepbatch-Form"
      noValidate
      aria-label={trans.__('New audit')}
      onSubmit={event => {
        event.preventDefault();
        void start();
      }}
    >
      <h2>{trans.__('New audit')}</h2>
      <p className="jp-hepbatch-Hint">
        {trans.__(
          'Compares the input files of a samples JSON with the outputs on disk, and tells which files to process again.'
        )}
      </p>
      {places !== null && (
        <WhereField
          places={places}
          value={form.on}
          error={errors.on}
          onChange={value => set('on', value)}
          trans={trans}
        />
      )}
      {form.on !== '' && (
        <ChoiceField
          label={trans.__('Samples JSON is')}
          value={form.inputsOn}
          choices={[
            ['here', trans.__('On this machine')],
            ['there', trans.__('On that host')]
          ]}
          onChange={value => set('inputsOn', value)}
        />
      )}
      {path(
        'samplesJson',
        'json',
        trans.__('Samples JSON'),
        isThere(form, 'samplesJson')
          ? trans.__('File with {dataset: [files]}, on that host.')
          : trans.__('File with {dataset: [files]}; relative paths count from %1.', serverRoot),
        'samples.json'
      )}
      {path(
        'source',
        'folder',
        trans.__('Output folder'),
        trans.__('Holds <dataset>/<variation>/<chunk>.parquet.'),
        'outputs'
      )}
      <ChoiceField
        label={trans.__('Naming convention')}
        hint={
          form.convention === 'DAS'
            ? trans.__('Output names begin with the name of the input file.')
            : trans.__('Output names begin with the UUID of the input file, which is read from it.')
        }
        value={form.convention}
        choices={[
          ['DAS', trans.__('DAS')],
          ['Legacy', trans.__('Legacy')]
        ]}
        onChange={value => set('convention', value)}
      />
      <ChoiceField
        label={trans.__('Expected events')}
        hint={expectedHint(form.expected, trans)}
        value={form.expected}
        choices={[
          ['auto', trans.__('Automatic')],
          ['das', trans.__('Ask DAS')],
          ['events', trans.__('From a file')],
          ['count', trans.__('Count in the input files')],
          ['none', trans.__('Not known')]
        ]}
        onChange={value => set('expected', value)}
      />
      {form.expected === 'events' &&
        path(
          'events',
          'json',
          trans.__('Events file'),
          trans.__('File with {dataset: {file: number}}.')
        )}
      {(form.expected === 'das' || form.expected === 'auto') &&
        path(
          'dasgoclient',
          'file',
          trans.__('dasgoclient'),
          trans.__('Path of the client; left empty: the one on PATH.')
        )}
      <details>
        <summary>{trans.__('Advanced')}</summary>
        <ChoiceField
          label={trans.__('Variations')}
          value={form.variations}
          choices={[
            ['all', trans.__('All')],
            ['nominal', trans.__('Only nominal')]
          ]}
          onChange={value => set('variations', value)}
        />
        <ChoiceField
          label={trans.__('Parquet check')}
          hint={trans.__('Opening chunks finds those that were cut off.')}
          value={form.check}
          choices={[
            ['new', trans.__('Open chunks that are new or changed')],
            ['all', trans.__('Open every chunk again')],
            ['names', trans.__('Names only, open nothing')]
          ]}
          onChange={value => set('check', value)}
        />
        {number(
          'chunk',
          trans.__('Events per chunk'),
          trans.__('The --chunk of the run; it only helps to explain.')
        )}
        {number(
          'limit',
          trans.__('Limit'),
          trans.__('Only the first files of each dataset; left empty: all.')
        )}
        {path(
          'logs',
          'folder',
          trans.__('Job logs'),
          trans.__('Folder of a submission whose logs tell of empty selections.')
        )}
        <TickField
          label={trans.__('Skip bad files')}
          hint={trans.__('Input files that nobody serves count as unreadable.')}
          value={form.skipBadFiles}
          onChange={value => set('skipBadFiles', value)}
        />
        {number(
          'timeoutSeconds',
          trans.__('Time-out in seconds'),
          trans.__('For one answer of DAS or a file server.')
        )}
        {number('workers', trans.__('Threads'), trans.__('That list folders and open chunks.'))}
      </details>
      {failure !== null && (
        <FailureView failure={failure} title={trans.__('The audit did not start')} trans={trans} />
      )}
      <div className="jp-hepbatch-Form-buttons">
        <button type="submit" className="jp-hepbatch-Button jp-mod-primary" disabled={isStarting}>
          {isStarting ? trans.__('Starting…') : trans.__('Start audit')}
        </button>
      </div>
    </form>
  );
}

function expectedHint(expected: IFormValues['expected'], trans: TranslationBundle): string {
  const hints = {
    auto: trans.__('DAS where dasgoclient is found; otherwise only gaps between chunks are seen.'),
    das: trans.__('Needs dasgoclient and a valid proxy.'),
    events: trans.__('A file that lists the number of events of each input file.'),
    count: trans.__('Opens every input file; slow where they are far away.'),
    none: trans.__('Only gaps between chunks are seen; a lost last chunk is not.')
  };
  return hints[expected];
}
