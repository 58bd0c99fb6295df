import { useEffect, useId, useMemo, useRef } from 'react';
import type { TranslationBundle } from '@jupyterlab/translation';
import { FormComponent } from '@jupyterlab/ui-components';
import type { FormFaults, FormSchema } from './form-types';
import type { ReadonlyJSONObject } from '@lumino/coreutils';
// This module itself is loaded when a form is opened.
// eslint-disable-next-line jupyter/prefer-lazy-imports
import { customizeValidator } from '@rjsf/validator-ajv8';
import * as z from 'zod';
import { FailureView } from '../failure';
import { useSignal } from '../redraw';
import { ChooseFolder } from './form-context';
import type { IChooseFolder } from './form-context';
import {
  FieldTemplate,
  FolderWidget,
  ObjectTemplate,
  SelectWidget,
  TextWidget
} from './form-fields';
import type { ConnectionForm } from './form-model';
import { formSchema } from './form-schema';
import { takeForm } from './form-values';
import type { FormErrors } from './form-values';
import type { ConnectionsModel } from './model';
import { Trial } from './trial';

const TEMPLATES = { FieldTemplate, ObjectFieldTemplate: ObjectTemplate };
/** rjsf asks for one; what is filled in is checked by the contract. */
const VALIDATOR = customizeValidator<ReadonlyJSONObject>();
const Json = z.record(z.string(), z.json());
const WIDGETS = { TextWidget, SelectWidget, folder: FolderWidget };

/** The form of a connection. */
export function ConnectionFormView(props: {
  readonly form: ConnectionForm;
  readonly connections: ConnectionsModel;
  readonly heading: string;
  readonly aliases: readonly string[];
  /** How a folder is chosen there; null where no open connection leads there. */
  readonly choose: () => IChooseFolder | null;
  readonly warnMinutes: number;
  readonly onSaved: (id: string) => void;
  readonly onCancel: () => void;
  readonly trans: TranslationBundle;
}) {
  const { form, connections, heading, aliases, trans } = props;
  useSignal(form.stateChanged);
  useSignal(connections.stateChanged);
  const node = useRef<HTMLFormElement>(null);
  const id = useId();
  const { values, errors, failure, trial } = form;
  const { backend, place } = values;
  const { schema, uiSchema } = useMemo(
    () => formSchema({ backend, place, aliases, trans }),
    [backend, place, aliases, trans]
  );
  const formData = useMemo(() => Json.parse(JSON.parse(JSON.stringify(values))), [values]);
  const extraErrors = useMemo(() => errorSchema(errors), [errors]);
  // The first field is where one begins.
  useEffect(() => node.current?.querySelector<HTMLElement>('select, input')?.focus(), []);
  /** After the drawing: the first field with a fault gets the focus. */
  const showFault = () => {
    requestAnimationFrame(() => {
      const wrong = node.current?.querySelector<HTMLElement>('[aria-invalid="true"]');
      wrong?.closest('details')?.setAttribute('open', '');
      wrong?.focus();
    });
  };
  const save = async () => {
    const saved = await form.save();
    if (saved === null) {
      showFault();
    } else {
      props.onSaved(saved.profile.id);
    }
  };
  return (
    <form
      ref={node}
      className="jp-hepbatch-Form jp-hepbatch-ConnectionForm"
      noValidate
      aria-label={heading}
      onSubmit={event => {
        event.preventDefault();
        void save();
      }}
    >
      <h2>{heading}</h2>
      <ChooseFolder.Provider value={props.choose()}>
        <FormComponent
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
          onChange={({ formData }) => form.change(takeForm(formData, form.values))}
        >
          <></>
        </FormComponent>
      </ChooseFolder.Provider>
      {unplaced(errors, schema).map(words => (
        <p key={words} className="jp-hepbatch-Field-error" role="alert">
          {words}
        </p>
      ))}
      {failure !== null && (
        <FailureView
          failure={failure}
          title={trans.__('The connection was not saved')}
          trans={trans}
        />
      )}
      <Trial trial={trial} warnMinutes={props.warnMinutes} trans={trans} />
      <div className="jp-hepbatch-Form-buttons">
        <button
          type="submit"
          className="jp-hepbatch-Button jp-mod-primary"
          disabled={form.isSaving}
        >
          {form.isSaving ? trans.__('Saving…') : trans.__('Save')}
        </button>
        {trial.isRunning ? (
          <button type="button" className="jp-hepbatch-Button" onClick={() => void trial.cancel()}>
            {trans.__('Cancel test')}
          </button>
        ) : (
          <button
            type="button"
            className="jp-hepbatch-Button"
            title={trans.__('Open it, look what is there, and close it; nothing is saved')}
            onClick={() => {
              if (!form.test()) {
                showFault();
              }
            }}
          >
            {trans.__('Test')}
          </button>
        )}
        <button type="button" className="jp-hepbatch-Button" onClick={props.onCancel}>
          {trans.__('Cancel')}
        </button>
      </div>
    </form>
  );
}

/** Errors as rjsf takes them: a tree of the fields. */
export function errorSchema(errors: FormErrors): FormFaults {
  const keys = new Set(Object.keys(errors).map(path => path.split('.')[0] ?? ''));
  const faults = [...keys].map((key): [string, FormFaults] => {
    const inside = Object.entries(errors)
      .filter(([path]) => path.startsWith(`${key}.`))
      .map(([path, words]): [string, string] => [path.slice(key.length + 1), words]);
    const own = errors[key];
    return [
      key,
      { ...errorSchema(Object.fromEntries(inside)), ...(own !== undefined && { __errors: [own] }) }
    ];
  });
  return Object.fromEntries(faults);
}

/** What is wrong with something that this form has no field for. */
function unplaced(errors: FormErrors, schema: FormSchema): string[] {
  const hasField = (path: string) => {
    let at: FormSchema | undefined = schema;
    for (const key of path.split('.')) {
      const field: unknown = at?.properties?.[key];
      at = typeof field === 'object' && field !== null ? field : undefined;
    }
    return at !== undefined;
  };
  return Object.entries(errors)
    .filter(([path]) => !hasField(path))
    .map(([path, words]) => `${path}: ${words}`);
}
