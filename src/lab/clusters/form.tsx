import { useEffect, useId, useMemo, useRef } from 'react';
import type { TranslationBundle } from '@jupyterlab/translation';
import { FormComponent } from '@jupyterlab/ui-components';
import type { ReadonlyJSONObject } from '@lumino/coreutils';
// This module itself is loaded when a form is opened.
// eslint-disable-next-line jupyter/prefer-lazy-imports
import { customizeValidator } from '@rjsf/validator-ajv8';
import * as z from 'zod';
import { errorSchema } from '../connections/form';
import { FieldTemplate, ObjectTemplate } from '../connections/form-fields';
import { profileWords } from '../connections/words';
import { FailureView } from '../failure';
import { useSignal } from '../redraw';
import type { DaskProfile } from './dask-profile';
import { EnvironmentPicker } from './environment-picker';
import { LinesWidget, SelectWidget, TextWidget, TickWidget } from './form-fields';
import type { ClusterForm } from './form-model';
import { clusterSchema } from './form-schema';
import { ClusterValues } from './form-values';
import { Preview } from './preview';

const TEMPLATES = { FieldTemplate, ObjectFieldTemplate: ObjectTemplate };
/** rjsf asks for one; what is filled in is checked by the contract. */
const VALIDATOR = customizeValidator<ReadonlyJSONObject>();
const Json = z.record(z.string(), z.json());
const WIDGETS = { TextWidget, SelectWidget, lines: LinesWidget, tick: TickWidget };

/** The form of a new cluster. */
export function ClusterFormView(props: {
  readonly form: ClusterForm;
  readonly onStarted: (id: string) => void;
  readonly onCancel: () => void;
  /** Opens a connection that is closed. */
  readonly onOpen: (connection: string) => void;
  readonly onNewConnection: () => void;
  readonly trans: TranslationBundle;
}) {
  const { form, trans } = props;
  useSignal(form.stateChanged);
  const node = useRef<HTMLFormElement>(null);
  const previewed = useRef<HTMLDivElement>(null);
  const id = useId();
  const { profile, profiles, failure, preview, busy } = form;
  useEffect(() => node.current?.querySelector<HTMLElement>('select, input')?.focus(), []);
  useEffect(() => {
    if (preview !== null || failure !== null) {
      previewed.current?.scrollIntoView({ block: 'start' });
    }
  }, [preview, failure]);
  /** After the drawing: the first field with a fault gets the focus. */
  const showFault = () => {
    requestAnimationFrame(() => {
      const wrong = node.current?.querySelector<HTMLElement>('[aria-invalid="true"]');
      wrong?.closest('details')?.setAttribute('open', '');
      wrong?.focus();
    });
  };
  const start = async () => {
    const started = await form.start();
    if (started === null) {
      showFault();
    } else {
      props.onStarted(started.id);
    }
  };
  return (
    <form
      ref={node}
      className="jp-hepbatch-Form jp-hepbatch-ConnectionForm jp-hepbatch-ClusterForm"
      noValidate
      aria-label={trans.__('New cluster')}
      onSubmit={event => {
        event.preventDefault();
        void start();
      }}
    >
      <h2>{trans.__('New cluster')}</h2>
      <div className="jp-hepbatch-Field">
        <label htmlFor={`${id}-connection`}>{trans.__('Connection')}</label>
        <select
          id={`${id}-connection`}
          className="jp-mod-styled"
          value={profile?.id ?? ''}
          onChange={event => void form.choose(event.target.value)}
        >
          {profile === null && <option value="" />}
          {profiles.map(one => (
            <option key={one.id} value={one.id}>
              {titleOf(one, trans)}
            </option>
          ))}
        </select>
        {profiles.length === 0 && (
          <span className="jp-hepbatch-Hint">
            {trans.__('There is no connection with Dask that can be used here.')}
          </span>
        )}
        <span>
          <button type="button" className="jp-hepbatch-Link" onClick={props.onNewConnection}>
            {trans.__('New connection…')}
          </button>
        </span>
      </div>
      {profile !== null && !form.isReachable && (
        <div className="jp-hepbatch-Mismatch" role="status">
          <p>{trans.__('%1 is not open: what is there cannot be seen.', profile.title)}</p>
          <button
            type="button"
            className="jp-hepbatch-Button"
            onClick={() => props.onOpen(profile.id)}
          >
            {trans.__('Open it')}
          </button>
        </div>
      )}
      {profile !== null && form.isReachable && (
        <EnvironmentPicker
          model={form.environments}
          own={profile.defaults.python}
          hint={trans.__('The Python of scheduler and workers; best that of your notebook.')}
          trans={trans}
        />
      )}
      {profile !== null && <Fields form={form} profile={profile} id={id} trans={trans} />}
      <div ref={previewed}>
        {failure !== null && (
          <FailureView
            failure={failure}
            title={trans.__('It cannot be started like this')}
            trans={trans}
          />
        )}
        {preview !== null && <Preview preview={preview} isStale={form.isStale} trans={trans} />}
      </div>
      <div className="jp-hepbatch-Form-buttons">
        <button
          type="submit"
          className="jp-hepbatch-Button jp-mod-primary"
          disabled={busy !== null || !form.isReachable}
        >
          {busy === 'start' ? trans.__('Starting…') : trans.__('Start')}
        </button>
        <button
          type="button"
          className="jp-hepbatch-Button"
          disabled={busy !== null || !form.isReachable}
          title={trans.__('Show what would be run; nothing is started')}
          onClick={() => void form.look().then(isRight => isRight || showFault())}
        >
          {busy === 'preview' ? trans.__('Asking…') : trans.__('Preview')}
        </button>
        <button type="button" className="jp-hepbatch-Button" onClick={props.onCancel}>
          {trans.__('Cancel')}
        </button>
      </div>
    </form>
  );
}

function Fields(props: {
  readonly form: ClusterForm;
  readonly profile: DaskProfile;
  readonly id: string;
  readonly trans: TranslationBundle;
}) {
  const { form, profile, id, trans } = props;
  const { values, errors } = form;
  const { schema, uiSchema } = useMemo(
    () => clusterSchema({ profile, size: values.size, trans }),
    [profile, values.size, trans]
  );
  const formData = useMemo(() => Json.parse(JSON.parse(JSON.stringify(values))), [values]);
  const extraErrors = useMemo(() => errorSchema(errors), [errors]);
  return (
    <FormComponent
      key={profile.id}
      schema={schema}
      uiSchema={uiSchema}
      formData={formData}
      validator={VALIDATOR}
      extraErrors={extraErrors}
      showErrorList={false}
      templates={TEMPLATES}
      widgets={WIDGETS}
      idPrefix={id}
      tagName="div"
      onChange={({ formData: filled }) => {
        const read = ClusterValues.safeParse(filled);
        if (read.success) {
          form.change(read.data);
        }
      }}
    >
      <></>
    </FormComponent>
  );
}

function titleOf(profile: DaskProfile, trans: TranslationBundle): string {
  const words = profileWords(profile, trans);
  return words === profile.title ? words : trans.__('%1 (%2)', profile.title, words);
}
