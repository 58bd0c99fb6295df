import type { WidgetProps } from '../connections/form-types';
import * as z from 'zod';

const Words = z.record(z.string(), z.string());

/** What all controls of a field have. */
function common({ id, disabled, rawErrors }: WidgetProps) {
  return {
    id,
    disabled: disabled === true,
    'aria-describedby': `${id}-hint ${id}-error`,
    'aria-invalid': rawErrors !== undefined && rawErrors.length > 0
  };
}

/** What is typed, or undefined. */
function typed(text: string): string | undefined {
  return text === '' ? undefined : text;
}

function shown(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

/** A field for a text or a number; what holds without it is its placeholder. */
export function TextWidget(props: WidgetProps) {
  const { schema, placeholder, onChange } = props;
  return (
    <input
      {...common(props)}
      type="text"
      className="jp-mod-styled"
      inputMode={schema.type === 'integer' ? 'numeric' : 'text'}
      spellCheck={false}
      autoComplete="off"
      placeholder={placeholder}
      value={shown(props.value)}
      onChange={event => onChange(typed(event.target.value))}
    />
  );
}

/** A field for lines of text. */
export function LinesWidget(props: WidgetProps) {
  const { placeholder, onChange } = props;
  return (
    <textarea
      {...common(props)}
      className="jp-mod-styled jp-hepbatch-Lines"
      rows={3}
      spellCheck={false}
      placeholder={placeholder}
      value={shown(props.value)}
      onChange={event => onChange(typed(event.target.value))}
    />
  );
}

/** A field with a few choices; what is not needed can be left open. */
export function SelectWidget(props: WidgetProps) {
  const { schema, options, placeholder, onChange } = props;
  const choices = (schema.enum ?? []).map(String);
  const words = Words.parse(options['words'] ?? {});
  return (
    <select
      {...common(props)}
      className="jp-mod-styled"
      value={shown(props.value)}
      onChange={event => onChange(typed(event.target.value))}
    >
      {options['needed'] !== true && (
        <option value="">
          {placeholder === undefined ? '' : (words[placeholder] ?? placeholder)}
        </option>
      )}
      {choices.map(choice => (
        <option key={choice} value={choice}>
          {words[choice] ?? choice}
        </option>
      ))}
    </select>
  );
}

/** A field that is on or off. */
export function TickWidget(props: WidgetProps) {
  const { options, onChange } = props;
  const value: unknown = props.value;
  return (
    <input
      {...common(props)}
      type="checkbox"
      checked={typeof value === 'boolean' ? value : options['usual'] === true}
      onChange={event => onChange(event.target.checked)}
    />
  );
}
