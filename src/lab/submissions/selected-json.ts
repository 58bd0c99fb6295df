import { PageConfig } from '@jupyterlab/coreutils';
import type { IFileBrowserFactory } from '@jupyterlab/filebrowser';
import type { Contents } from '@jupyterlab/services';
import * as z from 'zod';
import { HepbatchError } from '../../contract';
import { absolutePath } from '../audits/paths';
import type { IPrefilled } from './panels';

/** Only a samples JSON is longer; it is not read to find that out. */
const LONG = 1_000_000;

/** A runner JSON has at least one of these. */
const Runner = z
  .looseObject({ samplejson: z.unknown(), workflow: z.unknown(), year: z.unknown() })
  .partial()
  .refine(({ samplejson, workflow, year }) =>
    [samplejson, workflow, year].some(value => value !== undefined && !Array.isArray(value))
  );
const Samples = z.record(z.string(), z.array(z.string()));

/** What a JSON file is for a submission; null: neither. */
export function kindOf(json: unknown): 'runner' | 'samples' | null {
  return Samples.safeParse(json).success
    ? 'samples'
    : Runner.safeParse(json).success
      ? 'runner'
      : null;
}

/**
 * What the form is filled with for the JSON file that is selected in the file browser. Throws `bad-request`
 * where it is neither a runner nor a samples JSON.
 */
export async function prefillSelected(
  browsers: IFileBrowserFactory | null,
  contents: Contents.IManager
): Promise<IPrefilled> {
  const item = browsers?.tracker.currentWidget?.selectedItems().next();
  if (item === undefined || item.done === true) {
    return {};
  }
  const { path: there, size } = item.value;
  const path = absolutePath(contents.localPath(there), PageConfig.getOption('serverRoot'));
  const kind = (size ?? 0) > LONG ? 'samples' : kindOf(await read(contents, there, path));
  switch (kind) {
    case 'samples':
      return { isHere: true, values: { samples: path } };
    case 'runner':
      // The samples are those that it names, and not those of the last submission.
      return { isHere: true, values: { runner: path, samples: '' } };
    case null:
      throw new HepbatchError('bad-request', `${path} is neither a runner nor a samples JSON`, {
        next: 'Choose one of these.'
      });
  }
}

async function read(contents: Contents.IManager, there: string, path: string): Promise<unknown> {
  const options = { type: 'file', format: 'text', content: true } as const;
  const text: unknown = (await contents.get(there, options)).content;
  try {
    return JSON.parse(String(text)) as unknown;
  } catch (cause) {
    const said = cause instanceof Error ? cause.message : String(cause);
    throw new HepbatchError(
      'bad-request',
      `${path} is not valid JSON: ${said}`,
      { next: 'Correct the file; a trailing comma or a missing quote is the usual cause.' },
      { cause }
    );
  }
}
