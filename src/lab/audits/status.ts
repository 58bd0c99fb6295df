import type { TranslationBundle } from '@jupyterlab/translation';
import type { Audit, AuditProgress, FileStatus } from '../../contract';

/** How a status is shown: words, an explanation, and a drawing of 12 by 12, since colour says nothing alone. */
export interface IStatusLook {
  readonly label: string;
  readonly hint: string;
  /** Path of the drawing. */
  readonly path: string;
}

/** The looks of all file statuses. */
export function statusLooks(trans: TranslationBundle): Record<FileStatus, IStatusLook> {
  return {
    complete: {
      label: trans.__('complete'),
      hint: trans.__('Every event is there exactly once.'),
      path: 'M4.6 10 1 6.4l1.3-1.3 2.3 2.3 5.1-5.2L11 3.5z'
    },
    missing: {
      label: trans.__('missing'),
      hint: trans.__('No chunk of this file was found.'),
      path: 'M2.3 1 6 4.7 9.7 1 11 2.3 7.3 6 11 9.7 9.7 11 6 7.3 2.3 11 1 9.7 4.7 6 1 2.3z'
    },
    partial: {
      label: trans.__('partial'),
      hint: trans.__('Some ranges of events are absent.'),
      path: 'M6 1a5 5 0 1 0 0 10A5 5 0 0 0 6 1zm0 1.4a3.6 3.6 0 0 1 0 7.2z'
    },
    overlapping: {
      label: trans.__('overlapping'),
      hint: trans.__('Some events are counted twice.'),
      path: 'M1 1h7v3h3v7H4V8H1zm1.4 1.4v4.2H4V4h2.6V2.4zM5.4 5.4v4.2h4.2V5.4z'
    },
    truncated: {
      label: trans.__('truncated'),
      hint: trans.__('A chunk is cut off or empty on disk.'),
      path: 'M2 1h5l3 3v1.6H8.4V5H6V2.6H3.6V6H2zM1 7.2h2l1 1 1-1h2l1 1 1-1h2v1.6H9.6l-1.6 1-1-1H5l-1 1-1.4-1H1z'
    },
    empty: {
      label: trans.__('empty selection'),
      hint: trans.__('Absent ranges are explained: no event was selected there.'),
      path: 'M9.5 1.2l1.3 1.3-1 1A5 5 0 0 1 3 9.8l-.5 1-1.3-1.3 1-1A5 5 0 0 1 8.9 2zM6 2.4A3.6 3.6 0 0 0 3.2 8.2l4.6-5.3A3.6 3.6 0 0 0 6 2.4z'
    },
    'no-events': {
      label: trans.__('no events'),
      hint: trans.__('The input file holds no events.'),
      path: 'M6 1a5 5 0 1 0 0 10A5 5 0 0 0 6 1zm0 1.5a3.5 3.5 0 1 1 0 7 3.5 3.5 0 0 1 0-7z'
    },
    'not-in-catalogue': {
      label: trans.__('not in catalogue'),
      hint: trans.__('The number of its events is not known.'),
      path: 'M3 4a3 3 0 1 1 4.6 2.5c-.6.4-.8.7-.8 1.3H5.2c0-1.3.6-2 1.5-2.6A1.4 1.4 0 1 0 4.6 4zm2.1 4.9h1.8v1.8H5.1z'
    },
    unreadable: {
      label: trans.__('unreadable'),
      hint: trans.__('The input file cannot be read.'),
      path: 'M6 .8 11.6 11H.4zm0 3L2.9 9.4h6.2zm-.7 1.4h1.4v2.2H5.3zm0 2.7h1.4v1.1H5.3z'
    }
  };
}

/** CSS class of a status; the colour comes with it. */
export function statusClass(status: FileStatus): string {
  return `jp-hepbatch-is-${status}`;
}

/** The state of an audit in one word. */
export function stateWord(state: Audit['state'], trans: TranslationBundle): string {
  const words = {
    running: trans.__('running'),
    done: trans.__('done'),
    failed: trans.__('failed'),
    cancelled: trans.__('cancelled')
  };
  return words[state];
}

/** How far a phase is, between 0 and 1; null while the end is not known. */
export function fraction({ done, total }: AuditProgress): number | null {
  return total === null || total === 0 ? null : Math.min(done / total, 1);
}

/** What a running audit does, in words. */
export function progressWords(audit: Audit, trans: TranslationBundle): string {
  const { progress, checked } = audit;
  const part = fraction(progress);
  const percent = part === null ? '' : ` ${Math.floor(100 * part)} %`;
  if (checked === 'names' && progress.phase !== 'names') {
    return trans.__('Answer from names; checking chunks:%1', percent === '' ? ' …' : percent);
  }
  const words = {
    reading: trans.__('Reading the samples JSON…'),
    expected: trans.__('Asking how many events are expected…%1', percent),
    names: trans.__('Listing the outputs…%1', percent),
    chunks: trans.__('Checking chunks…%1', percent),
    done: trans.__('Finishing…')
  };
  return words[progress.phase];
}

/** Last part of a path, without `.json`. */
export function stem(path: string): string {
  const name = path.replace(/\/+$/, '').split('/').pop() ?? '';
  return name.replace(/\.json$/, '') || path;
}
