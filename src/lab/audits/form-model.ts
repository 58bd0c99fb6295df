import type { TranslationBundle } from '@jupyterlab/translation';
import { AuditRequest, ConnectionId } from '../../contract';
import { absolutePath } from './paths';

/** The form as it is typed; every field is a text, a choice or a tick. */
export interface IFormValues {
  /** Id of a connection; empty: this machine. */
  on: string;
  inputsOn: AuditRequest['inputsOn'];
  samplesJson: string;
  source: string;
  convention: AuditRequest['convention'];
  expected: AuditRequest['expected'];
  events: string;
  dasgoclient: string;
  chunk: string;
  limit: string;
  variations: AuditRequest['variations'];
  check: AuditRequest['check'];
  logs: string;
  skipBadFiles: boolean;
  timeoutSeconds: string;
  workers: string;
}

/** What is wrong, beside the field where it is. */
export type FormErrors = Partial<Record<keyof IFormValues, string>>;

/** The form before anything is typed. */
export const EMPTY_FORM: IFormValues = {
  on: '',
  inputsOn: 'here',
  samplesJson: '',
  source: '',
  convention: 'DAS',
  expected: 'auto',
  events: '',
  dasgoclient: '',
  chunk: '',
  limit: '',
  variations: 'all',
  check: 'new',
  logs: '',
  skipBadFiles: false,
  timeoutSeconds: '30',
  workers: '4'
};

/** What is remembered from one audit to the next: what belongs to the analysis. */
export const REMEMBERED = [
  'on',
  'inputsOn',
  'samplesJson',
  'source',
  'convention',
  'expected',
  'events',
  'chunk',
  'variations',
  'logs'
] as const satisfies readonly (keyof IFormValues)[];

/** Values of outside (settings, memory, arguments) laid over a form; what does not fit is passed over. */
export function fillForm(form: IFormValues, outside: unknown): IFormValues {
  const given: Record<string, unknown> = typeof outside === 'object' ? { ...outside } : {};
  const text = (key: keyof IFormValues, known: string) => {
    const value = given[key];
    return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : known;
  };
  const choice = <T>(
    type: { safeParse(value: unknown): { success: boolean; data?: T } },
    key: keyof IFormValues,
    known: T
  ): T => {
    const read = type.safeParse(given[key] ?? known);
    return read.success && read.data !== undefined ? read.data : known;
  };
  const { inputsOn, convention, expected, variations, check } = AuditRequest.shape;
  const skip = given['skipBadFiles'];
  return {
    on: text('on', form.on),
    inputsOn: choice(inputsOn, 'inputsOn', form.inputsOn),
    samplesJson: text('samplesJson', form.samplesJson),
    source: text('source', form.source),
    convention: choice(convention, 'convention', form.convention),
    expected: choice(expected, 'expected', form.expected),
    events: text('events', form.events),
    dasgoclient: text('dasgoclient', form.dasgoclient),
    chunk: text('chunk', form.chunk),
    limit: text('limit', form.limit),
    variations: choice(variations, 'variations', form.variations),
    check: choice(check, 'check', form.check),
    logs: text('logs', form.logs),
    skipBadFiles: typeof skip === 'boolean' ? skip : form.skipBadFiles,
    timeoutSeconds: text('timeoutSeconds', form.timeoutSeconds),
    workers: text('workers', form.workers)
  };
}

/** The fields that hold a path. */
export type PathKey = 'samplesJson' | 'source' | 'events' | 'dasgoclient' | 'logs';

/** Whether the path of a field is one of the other host. */
export function isThere({ on, inputsOn }: IFormValues, key: PathKey): boolean {
  return on !== '' && (inputsOn === 'there' || (key !== 'samplesJson' && key !== 'events'));
}

/** The request that the form asks for, or what is wrong with it. */
export function readForm(
  form: IFormValues,
  serverRoot: string,
  trans: TranslationBundle
): { readonly request: AuditRequest | null; readonly errors: FormErrors } {
  const errors: FormErrors = {};
  const path = (key: PathKey) => {
    if (!isThere(form, key)) {
      const typed = absolutePath(form[key], serverRoot);
      return typed === '' ? null : typed;
    }
    const typed = form[key].trim();
    if (typed !== '' && !/^~?\//.test(typed)) {
      errors[key] = trans.__('A path on that host begins with / or ~/.');
    }
    return typed === '' ? null : typed;
  };
  if (form.on !== '' && !ConnectionId.safeParse(form.on).success) {
    errors.on = trans.__('%1 is no connection.', form.on);
  }
  const number = (key: 'chunk' | 'limit' | 'timeoutSeconds' | 'workers', most: number) => {
    const typed = form[key].trim().replace(/[\s_]/g, '');
    if (typed === '') {
      return null;
    }
    const value = Number(typed);
    const whole = key === 'timeoutSeconds' || Number.isSafeInteger(value);
    if (!Number.isFinite(value) || value <= 0 || value > most || !whole) {
      errors[key] =
        most === Number.MAX_SAFE_INTEGER
          ? trans.__('%1 is not a positive whole number.', form[key])
          : trans.__('%1 is not a number between 1 and %2.', form[key], most);
    }
    return value;
  };
  const samplesJson = path('samplesJson');
  const source = path('source');
  const events = form.expected === 'events' ? path('events') : null;
  if (samplesJson === null) {
    errors.samplesJson = trans.__('Choose the samples JSON of the analysis.');
  }
  if (source === null) {
    errors.source = trans.__('Choose the folder that the analysis wrote to.');
  }
  if (form.expected === 'events' && events === null) {
    errors.events = trans.__('Choose the file with the expected events.');
  }
  const request = AuditRequest.safeParse({
    on: form.on === '' ? null : form.on,
    inputsOn: form.on === '' ? 'here' : form.inputsOn,
    samplesJson: samplesJson ?? '',
    source: source ?? '',
    convention: form.convention,
    expected: form.expected,
    events,
    dasgoclient: form.expected === 'auto' || form.expected === 'das' ? path('dasgoclient') : null,
    chunk: number('chunk', Number.MAX_SAFE_INTEGER),
    limit: number('limit', Number.MAX_SAFE_INTEGER),
    variations: form.variations,
    check: form.check,
    logs: path('logs'),
    skipBadFiles: form.skipBadFiles,
    timeoutSeconds: number('timeoutSeconds', 3600) ?? undefined,
    workers: number('workers', 64) ?? undefined
  });
  const fine = request.success && Object.keys(errors).length === 0;
  return { request: fine ? request.data : null, errors };
}

/** What of a form is remembered. */
export function remembered(form: IFormValues): Partial<IFormValues> {
  return Object.fromEntries(REMEMBERED.map(key => [key, form[key]]));
}
