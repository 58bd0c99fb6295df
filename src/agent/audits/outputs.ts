import { readdir } from 'node:fs/promises';
import { HepbatchError } from '../../contract';
import { errnoOf } from '../errno';
import { codeInPlain, inPlain } from './in-plain';
import type { IPool } from './pool';
import type { IAnswer, IQuestion, IStep } from './question';

/** A question but for what only the outputs can say. It is made anew each time: parts of it are moved away. */
export type AskAboutDataset = () => Omit<IQuestion, 'listing'>;

/** The output folder of an audit, on this machine or on another host. */
export interface IOutputs {
  /** Names of the folders in it. Throws `not-found` or `denied` where it cannot be listed. */
  folders(): Promise<readonly string[]>;

  /**
   * Answers for a dataset. What comes back waits until that is certain: on another host the end of
   * the listing may still bring what was wrong with it.
   */
  answer(ask: AskAboutDataset, step: (step: IStep) => void): Promise<() => Promise<IAnswer>>;

  /** Why nothing at all could be answered, or null. */
  readonly failure: HepbatchError | null;

  /** Ends what is still under way. */
  dispose(): void;
}

/** Outputs on this machine. */
export class LocalOutputs implements IOutputs {
  constructor(
    private readonly _source: string,
    private readonly _pool: IPool
  ) {}

  readonly failure = null;

  dispose(): void {
    // The pool is not ours.
  }

  async folders(): Promise<readonly string[]> {
    try {
      const entries = await readdir(this._source, { withFileTypes: true });
      return entries
        .filter(entry => entry.isDirectory() || entry.isSymbolicLink())
        .map(({ name }) => name)
        .filter(name => !name.startsWith('.'));
    } catch (cause) {
      throw unlistable(this._source, errnoOf(cause) ?? '', inPlain(cause), cause);
    }
  }

  async answer(ask: AskAboutDataset, step: (step: IStep) => void): Promise<() => Promise<IAnswer>> {
    const answer = await this._pool.answer({ ...ask(), listing: null }, step);
    return () => Promise.resolve(answer);
  }
}

/** What is said of an output folder that cannot be listed. */
export function unlistable(
  source: string,
  code: string,
  why = codeInPlain(code),
  cause?: unknown
): HepbatchError {
  return new HepbatchError(
    code === 'EACCES' ? 'denied' : 'not-found',
    `The output folder ${source} cannot be listed: ${why}`,
    { next: 'Give the folder that holds <dataset>/nominal/, the --dump of the run.' },
    { cause }
  );
}
