import type { TranslationBundle } from '@jupyterlab/translation';
import * as z from 'zod';
import { Backend, ConnectionProfile, DEFAULTS } from '../../contract';

const Place = z.enum(['local', 'alias', 'ssh']);
/** Where a connection leads, as the form asks: here, by an alias of ssh's configuration, or in full. */
export type Place = z.infer<typeof Place>;

/** The form as it is filled in; what is empty is absent. */
export interface IFormValues {
  readonly backend: Backend;
  readonly place: Place;
  readonly alias?: unknown;
  readonly destination?: unknown;
  readonly user?: unknown;
  readonly port?: unknown;
  readonly jump?: unknown;
  readonly title?: unknown;
  readonly id?: unknown;
  readonly description?: unknown;
  readonly defaults: Readonly<Record<string, unknown>>;
  readonly advanced: Readonly<Record<string, unknown>>;
}

/** What is wrong, by the path of the field in the form, such as `defaults.memory`. */
export type FormErrors = Readonly<Record<string, string>>;

/** A form before anything is filled in. */
export function emptyForm(backend: Backend): IFormValues {
  return { backend, place: 'local', defaults: {}, advanced: {} };
}

const Filled = z.looseObject({
  backend: Backend,
  place: Place,
  defaults: z.record(z.string(), z.unknown()).default({}),
  advanced: z.record(z.string(), z.unknown()).default({})
});

/** What a form hands over; what is no such form leaves all as it is known. */
export function takeForm(given: unknown, known: IFormValues): IFormValues {
  const read = Filled.safeParse(given);
  return read.success ? read.data : known;
}

/** A profile as the form shows it. */
export function formOf(profile: ConnectionProfile, aliases: readonly string[]): IFormValues {
  const { backend, title, id, description, host, defaults, limits } = profile;
  const common = { backend, title, id, ...(description !== '' && { description }), defaults };
  if (host.kind === 'local') {
    return { ...common, place: 'local', advanced: limits };
  }
  const { destination, user, port, jump, client } = host;
  const advanced = { ...limits, ...(client !== 'auto' && { client }) };
  if (user === null && port === null && jump === null && aliases.includes(destination)) {
    return { ...common, place: 'alias', alias: destination, advanced };
  }
  return {
    ...common,
    place: 'ssh',
    destination,
    ...(user !== null && { user }),
    ...(port !== null && { port }),
    ...(jump !== null && { jump }),
    advanced
  };
}

/** The profile that a form describes, or what is wrong with it. */
export function readForm(
  values: IFormValues,
  trans: TranslationBundle
): { readonly profile: ConnectionProfile | null; readonly errors: FormErrors } {
  const { backend, place } = values;
  const { client, ...limits } = filled(values.advanced);
  // Fields of another backend, filled in before this one was chosen, are not meant.
  const fields = Object.keys(DEFAULTS[backend].shape);
  const defaults = Object.entries(filled(values.defaults)).filter(([key]) => fields.includes(key));
  const read = ConnectionProfile.safeParse({
    backend,
    ...filled({ id: values.id, title: values.title, description: values.description }),
    host: hostOf(values, client),
    defaults: Object.fromEntries(defaults),
    limits
  });
  if (read.success) {
    return { profile: read.data, errors: {} };
  }
  const errors: Record<string, string> = {};
  for (const issue of read.error.issues) {
    const path = fieldOf(issue.path.map(String), place);
    errors[path] ??= issueWords(issue, valueAt(values, path), trans);
  }
  return { profile: null, errors };
}

/** An id made of a title, unlike those that are taken. */
export function idOf(title: string, taken: ReadonlySet<string>): string {
  const plain = title
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9._]+/g, '-')
    .replace(/^[^a-z0-9]+|-+$/g, '')
    .slice(0, 60);
  const stem = plain === '' ? '' : plain.replace(/-+$/, '');
  if (stem === '' || !taken.has(stem)) {
    return stem;
  }
  let number = 2;
  while (taken.has(`${stem}-${number}`)) {
    number += 1;
  }
  return `${stem}-${number}`;
}

function hostOf(values: IFormValues, client: unknown): object {
  const chosen = client === undefined ? {} : { client };
  switch (values.place) {
    case 'local':
      return { kind: 'local' };
    case 'alias':
      return { kind: 'ssh', ...filled({ destination: values.alias }), ...chosen };
    case 'ssh': {
      const { destination, user, port, jump } = values;
      return { kind: 'ssh', ...filled({ destination, user, port, jump }), ...chosen };
    }
  }
}

/** What is filled in, without the blanks around it. */
export function filled(values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const trimmed = Object.entries(values).map(([key, value]): [string, unknown] => [
    key,
    typeof value === 'string' ? value.trim() : value
  ]);
  return Object.fromEntries(
    trimmed.filter(([, value]) => value !== undefined && value !== null && value !== '')
  );
}

/** The field of the form where something of the profile is filled in. */
function fieldOf(path: readonly string[], place: Place): string {
  const [first = '', second = ''] = path;
  if (first === 'host') {
    if (second === 'client') {
      return 'advanced.client';
    }
    return second === 'destination' && place === 'alias' ? 'alias' : second;
  }
  return first === 'limits' ? `advanced.${second}` : path.join('.');
}

function valueAt(values: IFormValues, path: string): unknown {
  return path.split('.').reduce<unknown>((at, key) => {
    const inside: Readonly<Record<string, unknown>> = { ...(typeof at === 'object' ? at : {}) };
    return inside[key];
  }, values);
}

/** What is wrong in words that belong beside a field. */
export function issueWords(
  issue: z.core.$ZodIssue,
  value: unknown,
  trans: TranslationBundle
): string {
  const shown = typeof value === 'string' ? value.trim() : value;
  if (shown === undefined || shown === null || shown === '') {
    return trans.__('This is needed.');
  }
  const given = typeof shown === 'string' || typeof shown === 'number' ? String(shown) : '';
  switch (issue.code) {
    case 'invalid_format':
      return trans.__('“%1” %2.', given, issue.message);
    case 'invalid_type':
      return trans.__('“%1” is no whole number.', given);
    case 'too_small':
      return trans.__('%1 is too small: %2 is the least.', given, String(issue.minimum));
    case 'too_big':
      return issue.origin === 'string'
        ? trans.__('This is too long: %1 characters at most.', String(issue.maximum))
        : trans.__('%1 is too much: %2 is the most.', given, String(issue.maximum));
    default:
      return issue.message;
  }
}
