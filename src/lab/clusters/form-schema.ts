import type { TranslationBundle } from '@jupyterlab/translation';
import * as z from 'zod';
import { AdaptiveBounds, CLUSTER_OPTIONS, ClusterName, FLAVOURS } from '../../contract';
import type { FormLook, FormSchema } from '../connections/form-types';
import type { DaskProfile } from './dask-profile';
import { advancedOf, hasSize } from './form-values';
import type { ClusterValues } from './form-values';
import { LINES, optionText } from './option-text';
import { modeWords } from './words';

/** A field of a JSON Schema, as far as the form needs it. */
const Field = z.looseObject({ title: z.string().default(''), description: z.string().default('') });
const Fields = z.looseObject({ properties: z.record(z.string(), Field) });

/** Options that are asked together: how many workers there are. */
const SIZES: ReadonlySet<string> = new Set(['workers', 'adaptive']);

/** The fields of a new cluster on a connection; made from the contract, so that they cannot drift. */
export function clusterSchema(options: {
  readonly profile: DaskProfile;
  readonly size: ClusterValues['size'];
  readonly trans: TranslationBundle;
}): { readonly schema: FormSchema; readonly uiSchema: FormLook } {
  const { profile, size, trans } = options;
  const fields = fieldsOf(CLUSTER_OPTIONS[profile.backend]);
  const bounds = fieldsOf(AdaptiveBounds);
  const folded = advancedOf(profile.backend);
  const others = Object.entries(fields).filter(([name]) => !SIZES.has(name));
  const parts = others.map(([name, field]) => {
    const isFolded = folded.has(name);
    return { name, isFolded, ...fieldLook(name, field, profile, trans) };
  });
  const schemaOf = (isFolded: boolean) =>
    Object.fromEntries(
      parts.filter(part => part.isFolded === isFolded).map(p => [p.name, p.field])
    );
  const lookOf = (isFolded: boolean) =>
    Object.fromEntries(parts.filter(part => part.isFolded === isFolded).map(p => [p.name, p.look]));
  const sizes = sizeWords(profile, trans);
  const isSizeLocked = isLocked(profile, 'workers') || isLocked(profile, 'adaptive');
  return {
    schema: {
      type: 'object',
      properties: {
        name: {
          type: 'string',
          title: trans.__('Name'),
          description: z.toJSONSchema(ClusterName).description ?? ''
        },
        size: {
          type: 'string',
          title: trans.__('How many workers'),
          description: isSizeLocked ? lockedWords(trans) : '',
          enum: Object.keys(sizes)
        },
        ...(size === 'fixed' && { workers: plain(fields['workers']) }),
        ...(size === 'adaptive' && {
          minimum: plain(bounds['minimum']),
          maximum: plain(bounds['maximum']),
          idleSeconds: plain(bounds['idleSeconds'])
        }),
        options: {
          type: 'object',
          title: trans.__('Each worker'),
          description: trans.__(
            'What is left empty comes from the connection, or is chosen by Dask.'
          ),
          properties: schemaOf(false)
        },
        advanced: {
          type: 'object',
          title: trans.__('Advanced'),
          properties: schemaOf(true)
        }
      }
    },
    uiSchema: {
      name: { 'ui:placeholder': trans.__('one is made') },
      size: { 'ui:options': { words: sizes, needed: true }, 'ui:disabled': isSizeLocked },
      minimum: { 'ui:placeholder': '0' },
      idleSeconds: { 'ui:placeholder': '60' },
      options: lookOf(false),
      advanced: { 'ui:options': { folded: true }, ...lookOf(true) }
    }
  };
}

/** Whether a profile has fixed an option. */
export function isLocked({ locked = [] }: DaskProfile, name: string): boolean {
  return locked.includes(name);
}

function fieldLook(
  name: string,
  given: z.output<typeof Field>,
  profile: DaskProfile,
  trans: TranslationBundle
) {
  const defaults: Readonly<Record<string, unknown>> = profile.defaults;
  const text = optionText(name, defaults[name]);
  const locked = isLocked(profile, name);
  const isText = LINES.has(name) || name === 'schedulerPort';
  const field: FormSchema = {
    ...(isText ? { type: 'string', title: given.title } : plain(given)),
    description: locked
      ? lockedWords(trans)
      : [given.description, hintOf(name, trans)].filter(words => words !== '').join('. ')
  };
  const words = name === 'flavour' ? { words: flavourWords() } : {};
  const look: FormLook = {
    'ui:disabled': locked,
    'ui:options': { ...words },
    ...(text !== undefined && { 'ui:placeholder': String(text) }),
    ...(LINES.has(name) && { 'ui:widget': 'lines' }),
    ...(name === 'tls' && { 'ui:widget': 'tick', 'ui:options': { usual: text ?? true } })
  };
  return { field, look };
}

function lockedWords(trans: TranslationBundle): string {
  return trans.__('Fixed by the profile of the connection.');
}

function hintOf(name: string, trans: TranslationBundle): string {
  switch (name) {
    case 'environment':
    case 'directives':
      return trans.__('One NAME=value in a line');
    case 'schedulerPort':
      return trans.__('Such as 8786 or 10000:10100');
    default:
      return '';
  }
}

function flavourWords(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(FLAVOURS).map(([flavour, seconds]) => [
      flavour,
      seconds < 3600 ? `${flavour} (${seconds / 60} min)` : `${flavour} (${seconds / 3600} h)`
    ])
  );
}

function sizeWords(profile: DaskProfile, trans: TranslationBundle): Record<string, string> {
  const { workers, adaptive } = profile.defaults;
  const mode =
    adaptive !== undefined
      ? ({ kind: 'adaptive', ...adaptive } as const)
      : ({ kind: 'fixed', workers: workers ?? 0 } as const);
  return {
    ...(hasSize(profile) && {
      default: trans.__('As the connection says: %1', modeWords(mode, trans))
    }),
    fixed: trans.__('A fixed number'),
    adaptive: trans.__('Adaptive: they come and go with the work')
  };
}

/** The fields of an object of the contract. */
function fieldsOf(schema: z.ZodType): Record<string, z.output<typeof Field>> {
  return Fields.parse(z.toJSONSchema(schema, { target: 'draft-07', io: 'input' })).properties;
}

/** A field without a default or a pattern, which the contract itself checks, with its own words. */
function plain(field: Readonly<Record<string, unknown>> = {}): FormSchema {
  const ours = ['default', 'pattern', 'advanced', 'exclusiveMinimum', 'minimum', 'maximum'];
  return Object.fromEntries(Object.entries(field).filter(([key]) => !ours.includes(key)));
}
