import { useContext } from 'react';
import * as z from 'zod';
import type { FieldProps, ObjectProps, WidgetProps } from './form-types';
import { ChooseFolder } from './form-context';

/** Ids of what stands beside a field, as `aria-describedby` names them. */
const beside = (id: string) => `${id}-hint ${id}-error`;

/** A label, a control, a hint, and what is wrong; an object brings its own frame. */
export function FieldTemplate(props: FieldProps) {
  const { id, label, schema, rawErrors, children } = props;
  if (schema.type === 'object') {
    return children;
  }
  const error = rawErrors?.[0];
  return (
    <div
      className={`jp-hepbatch-Field${error === undefined ? '' : ' jp-mod-error'}`}
      data-field={id.split('_').at(-1)}
    >
      <label htmlFor={id}>{label}</label>
      {children}
      <span id={`${id}-hint`} className="jp-hepbatch-Hint">
        {schema.description}
      </span>
      <span id={`${id}-error`} className="jp-hepbatch-Field-error" role="alert">
        {error}
      </span>
    </div>
  );
}

/** The fields of the form below each other; those of a part in a frame that may be folded. */
export function ObjectTemplate(props: ObjectProps) {
  const { idSchema, title, description, properties, uiSchema } = props;
  const fields = properties.map(({ content }) => content);
  if (!title) {
    return <div className="jp-hepbatch-Fields-grid">{fields}</div>;
  }
  if (uiSchema?.['ui:options']?.['folded'] === true) {
    return (
      <details className="jp-hepbatch-Fields">
        <summary>{title}</summary>
        <div className="jp-hepbatch-Fields-grid">{fields}</div>
      </details>
    );
  }
  const id = idSchema.$id;
  return (
    <div
      role="group"
      className="jp-hepbatch-Fields"
      aria-labelledby={`${id}-title`}
      aria-describedby={`${id}-hint`}
    >
      <h3 id={`${id}-title`}>{title}</h3>
      <p id={`${id}-hint`} className="jp-hepbatch-Hint">
        {description}
      </p>
      <div className="jp-hepbatch-Fields-grid">{fields}</div>
    </div>
  );
}

/** A field for a text or a number. */
export function TextWidget(props: WidgetProps) {
  const { id, schema, rawErrors, onChange } = props;
  const value: unknown = props.value;
  return (
    <input
      id={id}
      type="text"
      className="jp-mod-styled"
      inputMode={schema.type === 'integer' ? 'numeric' : 'text'}
      spellCheck={false}
      autoComplete="off"
      value={typeof value === 'string' || typeof value === 'number' ? value : ''}
      aria-describedby={beside(id)}
      aria-invalid={rawErrors !== undefined && rawErrors.length > 0}
      onChange={event => onChange(event.target.value === '' ? undefined : event.target.value)}
    />
  );
}

const Words = z.record(z.string(), z.string());

/** A field with a few choices; what is not needed can be left open. */
export function SelectWidget(props: WidgetProps) {
  const { id, schema, options, rawErrors, onChange } = props;
  const value: unknown = props.value;
  const choices = (schema.enum ?? []).map(String);
  // Not the names that rjsf knows: versions differ in where they look for them.
  const words = Words.parse(options['words'] ?? {});
  return (
    <select
      id={id}
      className="jp-mod-styled"
      value={typeof value === 'string' ? value : ''}
      aria-describedby={beside(id)}
      aria-invalid={rawErrors !== undefined && rawErrors.length > 0}
      onChange={event => onChange(event.target.value === '' ? undefined : event.target.value)}
    >
      {options['needed'] !== true && <option value="" />}
      {choices.map(choice => (
        <option key={choice} value={choice}>
          {words[choice] ?? choice}
        </option>
      ))}
    </select>
  );
}

/** A field for a folder on the host, typed or chosen. */
export function FolderWidget(props: WidgetProps) {
  const { label, onChange } = props;
  const value: unknown = props.value;
  const choose = useContext(ChooseFolder);
  return (
    <div className="jp-hepbatch-Field-path">
      <TextWidget {...props} />
      {choose !== null && (
        <button
          type="button"
          className="jp-hepbatch-Button"
          aria-label={choose.label(label)}
          onClick={() => {
            const start = typeof value === 'string' ? value : '';
            void choose.ask(start).then(path => path !== null && onChange(path));
          }}
        >
          {choose.words}
        </button>
      )}
    </div>
  );
}
