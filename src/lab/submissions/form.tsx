import { useEffect, useRef } from 'react';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { Submission } from '../../contract';
import { ChoiceField } from '../audits/fields';
import { EnvironmentPicker } from '../clusters/environment-picker';
import { profileWords } from '../connections/words';
import { FailureView } from '../failure';
import { useSignal } from '../redraw';
import { ClusterPerSample } from './cluster-per-sample';
import { Advanced, HowFields, WhatFields } from './fields';
import type { IChoosers } from './fields';
import type { SubmissionForm } from './form-model';
import { Preview } from './preview';
import type { VanillaProfile } from './vanilla-profile';

/** The form of a new submission. */
export function SubmissionFormView(props: {
  readonly form: SubmissionForm;
  readonly choosers: IChoosers;
  /** Asks whether so many jobs shall be submitted. */
  readonly maySubmit: (form: SubmissionForm, profile: VanillaProfile) => Promise<boolean>;
  readonly onSubmitted: (submission: Submission) => void;
  readonly onCancel: () => void;
  /** Opens a connection that is closed. */
  readonly onOpen: (connection: string) => void;
  readonly onNewConnection: () => void;
  readonly trans: TranslationBundle;
}) {
  const { form, choosers, trans } = props;
  useSignal(form.stateChanged);
  const node = useRef<HTMLFormElement>(null);
  const previewed = useRef<HTMLDivElement>(null);
  const { profile, profiles, failure, preview, busy, parent } = form;
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
  const submit = async () => {
    const seen = form.preview === null || form.isStale ? await form.look() : form.preview;
    if (seen === null) {
      showFault();
      return;
    }
    const isRefused = seen.problems.some(({ level }) => level === 'refused');
    if (isRefused || profile === null || !(await props.maySubmit(form, profile))) {
      return;
    }
    const submitted = await form.submit();
    if (submitted !== null) {
      props.onSubmitted(submitted);
    }
  };
  const title = parent === null ? trans.__('New submission') : trans.__('Submit what is missing');
  return (
    <form
      ref={node}
      className="jp-hepbatch-Form jp-hepbatch-SubmissionForm"
      noValidate
      aria-label={title}
      onSubmit={event => {
        event.preventDefault();
        void submit();
      }}
    >
      <h2>{title}</h2>
      <ChoiceField
        label={trans.__('Connection')}
        hint={
          profiles.length === 0
            ? trans.__('There is no connection for plain jobs that can be used here.')
            : trans.__('The host and the batch system where the jobs go.')
        }
        error={form.errors.connection}
        value={profile?.id ?? ''}
        choices={[
          ...(profile === null ? [['', ''] as const] : []),
          ...profiles.map(one => [one.id, titleOf(one, trans)] as const)
        ]}
        onChange={connection => form.change({ connection })}
      />
      <button type="button" className="jp-hepbatch-Link" onClick={props.onNewConnection}>
        {trans.__('New connection…')}
      </button>
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
      <ClusterPerSample form={form} trans={trans} />
      <WhatFields form={form} choosers={choosers} trans={trans} />
      {profile !== null && <HowFields form={form} profile={profile} trans={trans} />}
      {profile !== null && form.isReachable && (
        <EnvironmentPicker
          model={form.environments}
          own={profile.defaults.python}
          hint={trans.__('The Python of the jobs; where all can see it.')}
          trans={trans}
        />
      )}
      <Advanced form={form} choosers={choosers} trans={trans} />
      <div ref={previewed}>
        {failure !== null && (
          <FailureView
            failure={failure}
            title={
              failure.code === 'unknown-outcome'
                ? trans.__('Whether it was submitted is not known; asking again does no harm')
                : trans.__('It cannot be submitted like this')
            }
            trans={trans}
          />
        )}
        {preview !== null && (
          <Preview
            preview={preview}
            isStale={form.isStale}
            onMore={() => void form.more()}
            trans={trans}
          />
        )}
      </div>
      <div className="jp-hepbatch-Form-buttons">
        <button
          type="submit"
          className="jp-hepbatch-Button jp-mod-primary"
          disabled={busy !== null || !form.isReachable}
        >
          {busy === 'submit' ? trans.__('Submitting…') : trans.__('Submit…')}
        </button>
        <button
          type="button"
          className="jp-hepbatch-Button"
          disabled={busy !== null || !form.isReachable}
          title={trans.__('Show every file and command; nothing is written')}
          onClick={() => void form.look().then(seen => seen === null && showFault())}
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

function titleOf(profile: VanillaProfile, trans: TranslationBundle): string {
  const words = profileWords(profile, trans);
  return words === profile.title ? words : trans.__('%1 (%2)', profile.title, words);
}
