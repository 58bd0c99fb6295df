import type { TranslationBundle } from '@jupyterlab/translation';
import * as z from 'zod';
import { AdaptiveBounds, CLUSTER_OPTIONS, ClusterName } from '../../contract';
import type { ClusterBackend, ClusterOptions, ClusterRequest, Interpreter } from '../../contract';
import { filled, issueWords } from '../connections/form-values';
import type { FormErrors } from '../connections/form-values';
import type { DaskProfile } from './dask-profile';
import { LINES, optionOf, optionTexts, wrongLine } from './option-text';

const Size = z.enum(['default', 'fixed', 'adaptive']);
const Fields = z.record(z.string(), z.unknown());

/** The form of a new cluster as it is filled in; what is empty is absent. */
export const ClusterValues = z.object({
  name: z.unknown().optional(),
  /** How many workers: as the connection says, a number, or by the work. */
  size: Size,
  workers: z.unknown().optional(),
  minimum: z.unknown().optional(),
  maximum: z.unknown().optional(),
  idleSeconds: z.unknown().optional(),
  options: Fields.default({}),
  advanced: Fields.default({})
});
export type ClusterValues = z.output<typeof ClusterValues>;

/** Names of the options that are folded away. */
export function advancedOf(backend: ClusterBackend): ReadonlySet<string> {
  const { shape } = CLUSTER_OPTIONS[backend];
  const marked = Object.entries(shape).filter(([, field]) => field.meta()?.['advanced'] === true);
  return new Set([...marked.map(([name]) => name), 'workFolder']);
}

/** Whether the profile of a connection says how many workers there are. */
export function hasSize({ defaults }: DaskProfile): boolean {
  return defaults.workers !== undefined || defaults.adaptive !== undefined;
}

/** A form before anything is filled in. */
export function emptyValues(profile: DaskProfile): ClusterValues {
  const size = hasSize(profile)
    ? ({ size: 'default' } as const)
    : { size: 'fixed' as const, workers: 2 };
  return { ...size, options: {}, advanced: {} };
}

/** A form that asks for the same as a cluster has. */
export function valuesLike(options: ClusterOptions, backend: ClusterBackend): ClusterValues {
  const { workers, adaptive, ...others } = options;
  const texts = Object.entries(optionTexts(others));
  const folded = advancedOf(backend);
  return {
    ...(adaptive !== undefined
      ? { size: 'adaptive', ...adaptive }
      : { size: 'fixed', workers: workers ?? 0 }),
    options: Object.fromEntries(texts.filter(([name]) => !folded.has(name))),
    advanced: Object.fromEntries(texts.filter(([name]) => folded.has(name)))
  };
}

/** What the form asks for, or what is wrong by the path of the field, such as `options.memory`. */
export function readValues(
  values: ClusterValues,
  profile: DaskProfile,
  interpreter: Interpreter | null,
  trans: TranslationBundle
): { readonly request: ClusterRequest | null; readonly errors: FormErrors } {
  const { backend } = profile;
  const locked = new Set(profile.locked);
  const errors: Record<string, string> = {};
  const say = (issue: z.core.$ZodIssue, path: string, value: unknown) => {
    errors[path] ??= issueWords(issue, value, trans);
  };
  const { shape } = CLUSTER_OPTIONS[backend];
  const options: Record<string, unknown> = {};
  for (const part of ['options', 'advanced'] as const) {
    for (const [name, text] of textsOf(values[part])) {
      // Fields of another backend, filled in before this one was chosen, are not meant.
      const field: z.ZodType | undefined =
        name in shape ? shape[name as keyof typeof shape] : undefined;
      if (field === undefined || locked.has(name)) {
        continue;
      }
      const wrong = wrongLine(name, text);
      const read = field.safeParse(optionOf(name, text));
      if (wrong !== null) {
        errors[`${part}.${name}`] = trans.__('“%1” is no NAME=value.', wrong);
      } else if (read.success) {
        options[name] = read.data;
      } else {
        read.error.issues.forEach(issue => {
          // What is wrong with a name is told of the name.
          const [inner = issue] = issue.code === 'invalid_key' ? issue.issues : [];
          say(inner, `${part}.${name}`, wordsOf(issue, text));
        });
      }
    }
  }
  const isSizeLocked = locked.has('workers') || locked.has('adaptive');
  if (values.size === 'fixed' && !isSizeLocked) {
    const read = shape.workers.unwrap().safeParse(values.workers);
    if (read.success) {
      options['workers'] = read.data;
    } else {
      read.error.issues.forEach(issue => say(issue, 'workers', values.workers));
    }
  } else if (values.size === 'adaptive' && !isSizeLocked) {
    const { minimum, maximum, idleSeconds } = values;
    const read = AdaptiveBounds.safeParse(filled({ minimum, maximum, idleSeconds }));
    if (!read.success) {
      read.error.issues.forEach(issue => {
        const key = String(issue.path[0]);
        say(issue, key, { minimum, maximum, idleSeconds }[key]);
      });
    } else if (read.data.minimum > read.data.maximum) {
      errors['maximum'] = trans.__('This is below the least, %1.', read.data.minimum);
    } else {
      options['adaptive'] = read.data;
    }
  }
  const { name = null } = filled({ name: values.name });
  const named = ClusterName.nullable().safeParse(name);
  if (!named.success) {
    named.error.issues.forEach(issue => say(issue, 'name', name));
  }
  if (Object.keys(errors).length > 0 || !named.success) {
    return { request: null, errors };
  }
  const whole = CLUSTER_OPTIONS[backend].parse(options);
  const request = { connection: profile.id, name: named.data, interpreter, options: whole };
  return { request, errors };
}

/** What is filled in; in lines of text blanks count. */
function textsOf(part: Readonly<Record<string, unknown>>): [string, unknown][] {
  return Object.entries(filled(part)).map(([name, text]) => [
    name,
    LINES.has(name) ? part[name] : text
  ]);
}

/** What the issue is about: the name of a pair, or the whole field. */
function wordsOf(issue: z.core.$ZodIssue, text: unknown): unknown {
  const [key] = issue.path;
  return typeof key === 'string' ? key : text;
}
