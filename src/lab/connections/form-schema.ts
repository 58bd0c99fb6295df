import type { TranslationBundle } from '@jupyterlab/translation';
import type { FormLook, FormSchema } from './form-types';
import * as z from 'zod';
import { BACKENDS, ConnectionProfile, FLAVOURS } from '../../contract';
import type { Backend } from '../../contract';
import type { Place } from './form-values';
import { backendWords, CLIENTS } from './words';

/** A form of rjsf: its fields, and how they are shown. */
export interface IFormSchema {
  readonly schema: FormSchema;
  readonly uiSchema: FormLook;
}

/** What an object of a JSON Schema says of its fields, as far as the form needs it. */
const Fields = z.looseObject({
  properties: z.record(z.string(), z.record(z.string(), z.unknown()))
});

/** The fields that a backend on a place has; made from the contract, so that they cannot drift. */
export function formSchema(options: {
  readonly backend: Backend;
  readonly place: Place;
  readonly aliases: readonly string[];
  readonly trans: TranslationBundle;
}): IFormSchema {
  const { backend, place, aliases, trans } = options;
  const { profile, ssh, defaults, limits } = fieldsOf(backend);
  const text = (key: string) => plain(profile[key]);
  const host = (key: string) => plain(ssh[key]);
  const hostKind = place === 'local' ? 'local' : 'ssh';
  const isDask = backend.startsWith('dask');
  const limited = isDask ? ['clusters', 'workers'] : ['jobs'];
  const places: Place[] = aliases.length > 0 ? ['local', 'alias', 'ssh'] : ['local', 'ssh'];
  const advanced = {
    ...(place !== 'local' && { client: host('client') }),
    ...Object.fromEntries(limited.map(key => [key, plain(limits[key])]))
  };
  return {
    schema: {
      type: 'object',
      properties: {
        backend: {
          type: 'string',
          title: trans.__('How work runs'),
          description: isDask
            ? trans.__('Dask workers that a scheduler hands tasks to.')
            : trans.__('Plain jobs, one for each input file or a few of them.'),
          enum: [...BACKENDS]
        },
        place: { type: 'string', title: trans.__('Where'), enum: places },
        ...(place === 'alias' && {
          alias: { type: 'string', title: trans.__('Alias'), enum: [...aliases] }
        }),
        ...(place === 'ssh' && {
          destination: host('destination'),
          user: host('user'),
          port: host('port'),
          jump: host('jump')
        }),
        title: text('title'),
        id: {
          ...text('id'),
          title: trans.__('Name'),
          description: trans.__('For the command line and cells.')
        },
        description: text('description'),
        defaults: {
          type: 'object',
          title: trans.__('Defaults'),
          description: trans.__('What forms and commands begin with; each can be left empty.'),
          properties: Object.fromEntries(
            Object.entries(defaults)
              .filter(([, field]) => isSimple(field))
              .map(([key, field]) => [
                key,
                // Its choices say what the description says for those who have no choices.
                key === 'flavour' ? { ...plain(field), description: '' } : plain(field)
              ])
          )
        },
        advanced: { type: 'object', title: trans.__('Advanced'), properties: advanced }
      }
    },
    uiSchema: {
      backend: choices(
        BACKENDS.map(known => [known, backendWords(known, hostKind, trans)]),
        'needed'
      ),
      place: choices(
        places.map(known => [known, placeWords(known, trans)]),
        'needed'
      ),
      defaults: {
        flavour: choices(
          Object.entries(FLAVOURS).map(([flavour, seconds]) => [
            flavour,
            trans.__('%1 (%2)', flavour, wallTime(seconds, trans))
          ])
        ),
        workFolder: { 'ui:widget': 'folder' }
      },
      advanced: {
        'ui:options': { folded: true },
        client: choices(
          [
            ['auto', trans.__('Automatic')],
            ['ssh2', CLIENTS.ssh2],
            ['openssh', CLIENTS.openssh]
          ],
          'needed'
        )
      }
    }
  };
}

/** The words of choices; those that are needed cannot be left open. */
function choices(words: readonly (readonly [string, string])[], needed?: 'needed'): FormLook {
  return {
    'ui:options': { words: Object.fromEntries(words), needed: needed !== undefined }
  };
}

/** A wall time that is a whole number of its unit. */
function wallTime(seconds: number, trans: TranslationBundle): string {
  const hours = seconds / 3600;
  return hours < 1
    ? trans.__('%1 min', seconds / 60)
    : hours < 24
      ? trans.__('%1 h', hours)
      : trans.__('%1 d', hours / 24);
}

function placeWords(place: Place, trans: TranslationBundle): string {
  switch (place) {
    case 'local':
      return trans.__('This machine');
    case 'alias':
      return trans.__('An alias of my ssh configuration');
    case 'ssh':
      return trans.__('A host reached by SSH');
  }
}

/** The profile of a backend as JSON Schema, its parts by name. */
function fieldsOf(backend: Backend) {
  const option = ConnectionProfile.options.find(({ shape }) => shape.backend.value === backend);
  const given: unknown = option && z.toJSONSchema(option, { target: 'draft-07', io: 'input' });
  const { properties: profile } = Fields.parse(given);
  const hosts = z.array(Fields).parse(profile['host']?.['oneOf']);
  return {
    profile,
    ssh: hosts.find(({ properties }) => 'destination' in properties)?.properties ?? {},
    defaults: Fields.parse(profile['defaults']).properties,
    limits: Fields.parse(profile['limits']).properties
  };
}

/**
 * Whether a default is asked for here. The others are asked where a cluster is made, and can be
 * set in a file; one that is set stays when the form is saved.
 */
function isSimple(field: Readonly<Record<string, unknown>>): boolean {
  return field['advanced'] !== true && field['type'] !== 'object' && field['type'] !== 'array';
}

/**
 * A field without what the form decides by itself: null is shown as empty, and a default is not
 * written into the form. What is filled in is checked by the contract, with its own words.
 */
function plain(field: Readonly<Record<string, unknown>> = {}): FormSchema {
  const [some] = z.array(z.record(z.string(), z.unknown())).safeParse(field['anyOf']).data ?? [];
  const ours = ['anyOf', 'default', 'pattern'];
  const kept = Object.entries({ ...field, ...some }).filter(([key]) => !ours.includes(key));
  return Object.fromEntries(kept);
}
