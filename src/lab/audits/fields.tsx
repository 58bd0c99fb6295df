import { useId } from 'react';
import type { ReactNode } from 'react';
import type { TranslationBundle } from '@jupyterlab/translation';

interface IFieldProps {
  readonly label: string;
  readonly hint?: string;
  readonly error?: string | undefined;
}

/** A label, a control, a hint, and what is wrong. */
export function Field(
  props: IFieldProps & {
    readonly children: (ids: { readonly id: string; readonly describedBy: string }) => ReactNode;
  }
) {
  const id = useId();
  const { label, hint, error } = props;
  return (
    <div className={`jp-hepbatch-Field${error === undefined ? '' : ' jp-mod-error'}`}>
      <label htmlFor={id}>{label}</label>
      {props.children({ id, describedBy: `${id}-hint ${id}-error` })}
      <span id={`${id}-hint`} className="jp-hepbatch-Hint">
        {hint}
      </span>
      <span id={`${id}-error`} className="jp-hepbatch-Field-error" role="alert">
        {error}
      </span>
    </div>
  );
}

/** A field for a text or a number. */
export function TextField(
  props: IFieldProps & {
    readonly value: string;
    readonly onChange: (value: string) => void;
    readonly placeholder?: string;
    readonly isNumber?: boolean;
  }
) {
  return (
    <Field {...props}>
      {({ id, describedBy }) => (
        <input
          id={id}
          type="text"
          className="jp-mod-styled"
          inputMode={props.isNumber === true ? 'numeric' : 'text'}
          spellCheck={false}
          autoComplete="off"
          value={props.value}
          placeholder={props.placeholder}
          aria-describedby={describedBy}
          aria-invalid={props.error !== undefined}
          onChange={event => props.onChange(event.target.value)}
        />
      )}
    </Field>
  );
}

/** A field for lines of text. */
export function LinesField(
  props: IFieldProps & {
    readonly value: string;
    readonly onChange: (value: string) => void;
    readonly placeholder?: string;
  }
) {
  return (
    <Field {...props}>
      {({ id, describedBy }) => (
        <textarea
          id={id}
          className="jp-mod-styled jp-hepbatch-Lines"
          rows={3}
          spellCheck={false}
          value={props.value}
          placeholder={props.placeholder}
          aria-describedby={describedBy}
          aria-invalid={props.error !== undefined}
          onChange={event => props.onChange(event.target.value)}
        />
      )}
    </Field>
  );
}

/** A field for a path, typed or chosen. */
export function PathField(
  props: IFieldProps & {
    readonly value: string;
    readonly onChange: (value: string) => void;
    /** Lets the user choose; null where nothing can be chosen from. */
    readonly choose: (() => Promise<string | null>) | null;
    readonly trans: TranslationBundle;
    readonly placeholder?: string;
  }
) {
  const { choose, onChange, trans, label } = props;
  return (
    <Field {...props}>
      {({ id, describedBy }) => (
        <div className="jp-hepbatch-Field-path">
          <input
            id={id}
            type="text"
            className="jp-mod-styled"
            spellCheck={false}
            autoComplete="off"
            value={props.value}
            placeholder={props.placeholder}
            aria-describedby={describedBy}
            aria-invalid={props.error !== undefined}
            onChange={event => onChange(event.target.value)}
          />
          {choose !== null && (
            <button
              type="button"
              className="jp-hepbatch-Button"
              aria-label={trans.__('Choose: %1', label)}
              onClick={() => {
                void choose().then(path => path !== null && onChange(path));
              }}
            >
              {trans.__('Choose…')}
            </button>
          )}
        </div>
      )}
    </Field>
  );
}

/** A field with a few choices. */
export function ChoiceField<T extends string>(
  props: IFieldProps & {
    readonly value: T;
    readonly choices: ReadonlyArray<readonly [T, string]>;
    readonly onChange: (value: T) => void;
  }
) {
  return (
    <Field {...props}>
      {({ id, describedBy }) => (
        <select
          id={id}
          className="jp-mod-styled"
          value={props.value}
          aria-describedby={describedBy}
          onChange={event => {
            const chosen = props.choices.find(([value]) => value === event.target.value);
            if (chosen !== undefined) {
              props.onChange(chosen[0]);
            }
          }}
        >
          {props.choices.map(([value, words]) => (
            <option key={value} value={value}>
              {words}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

/** A field that is ticked or not. */
export function TickField(props: {
  readonly label: string;
  readonly hint: string;
  readonly value: boolean;
  readonly onChange: (value: boolean) => void;
}) {
  const id = useId();
  return (
    <div className="jp-hepbatch-Field jp-mod-tick">
      <input
        id={id}
        type="checkbox"
        checked={props.value}
        aria-describedby={`${id}-hint`}
        onChange={event => props.onChange(event.target.checked)}
      />
      <label htmlFor={id}>{props.label}</label>
      <span id={`${id}-hint`} className="jp-hepbatch-Hint">
        {props.hint}
      </span>
    </div>
  );
}
