import { useState } from 'react';
import type { Dialog } from '@jupyterlab/apputils';
import { ReactWidget } from '@jupyterlab/ui-components';

/** One field of a dialog. */
export interface IField {
  readonly key: string;
  readonly label: string;
  readonly value: string | number;
  readonly type?: 'text' | 'number';
  /** Parts of a number can be typed, too; else a dialog takes whole ones only. */
  readonly hasParts?: boolean;
  readonly choices?: readonly (readonly [string, string])[];
  readonly hint?: string;
}

/** Labelled fields below each other. */
export class FieldsBody extends ReactWidget implements Dialog.IBodyWidget<Record<string, string>> {
  constructor(private readonly _fields: readonly IField[]) {
    super();
    this.addClass('jp-hepbatch');
    this._values = Object.fromEntries(_fields.map(({ key, value }) => [key, String(value)]));
  }

  getValue(): Record<string, string> {
    return this._values;
  }

  protected override render() {
    return (
      <>
        {this._fields.map(field => (
          <Field
            key={field.key}
            field={field}
            onChange={value => (this._values = { ...this._values, [field.key]: value })}
          />
        ))}
      </>
    );
  }

  private _values: Record<string, string>;
}

function Field(props: { readonly field: IField; readonly onChange: (value: string) => void }) {
  const { label, type, choices, hint, hasParts = false } = props.field;
  const [value, setValue] = useState(String(props.field.value));
  const change = (text: string) => {
    setValue(text);
    props.onChange(text);
  };
  return (
    <label className="jp-hepbatch-DialogField">
      <span>{label}</span>
      {choices === undefined ? (
        <input
          className="jp-mod-styled"
          type={type}
          min={0}
          step={hasParts ? 'any' : undefined}
          placeholder={hint}
          value={value}
          onChange={event => change(event.target.value)}
        />
      ) : (
        <select
          className="jp-mod-styled"
          value={value}
          onChange={event => change(event.target.value)}
        >
          {choices.map(([id, words]) => (
            <option key={id} value={id}>
              {words}
            </option>
          ))}
        </select>
      )}
    </label>
  );
}
