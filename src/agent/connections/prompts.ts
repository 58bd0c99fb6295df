import { randomUUID } from 'node:crypto';
import { HepbatchError } from '../../contract';
import type { Prompt, PromptEnd } from '../../contract';
import type { EventHub } from '../events';
import type { After } from '../idle';
import type { Question } from './asker';

/** What the prompts of an agent are made of. */
export interface IPromptsOptions {
  readonly events: EventHub;
  readonly after: After;
  readonly now: () => Date;
}

/** How a question ended; only `answered` carries an answer. */
export type Answer =
  | { readonly how: 'answered'; readonly answer: string }
  | { readonly how: Exclude<PromptEnd, 'answered'> };

/** How long a question waits for its answer. */
const WAIT_MS = 120_000;

/** Ids of questions that are over, so that who comes late is told so. */
const REMEMBERED = 200;

interface IOpenPrompt {
  readonly prompt: Prompt;
  readonly close: (answer: Answer) => void;
}

/**
 * The questions that wait for the user. Every client sees them all; the first answer counts and
 * closes the question for the others. An answer is handed to who asked, and kept nowhere.
 */
export class Prompts {
  constructor(private readonly _options: IPromptsOptions) {}

  /** Those that wait, oldest first. */
  list(): Prompt[] {
    return [...this._open.values()].map(({ prompt }) => prompt);
  }

  /** Asks on behalf of a connection; each of the signals takes the question back. */
  ask(
    connection: string | null,
    question: Question,
    ...signals: readonly AbortSignal[]
  ): Promise<Answer> {
    if (signals.some(({ aborted }) => aborted)) {
      return Promise.resolve({ how: 'cancelled' });
    }
    const { events, after, now } = this._options;
    const asked = now();
    const prompt: Prompt = {
      id: randomUUID(),
      connection,
      ...question,
      askedAt: asked.toISOString(),
      expiresAt: new Date(asked.getTime() + WAIT_MS).toISOString()
    };
    return new Promise(resolve => {
      const close = (answer: Answer) => {
        if (!this._open.delete(prompt.id)) {
          return;
        }
        callOff();
        signals.forEach(signal => signal.removeEventListener('abort', cancel));
        this._remember(prompt.id);
        events.publish({ topic: 'prompt-closed', id: prompt.id, how: answer.how });
        resolve(answer);
      };
      const cancel = () => close({ how: 'cancelled' });
      const callOff = after(WAIT_MS, () => close({ how: 'expired' }));
      signals.forEach(signal => signal.addEventListener('abort', cancel, { once: true }));
      this._open.set(prompt.id, { prompt, close });
      events.publish({ topic: 'prompt', prompt });
    });
  }

  /** Throws `conflict` where somebody was faster, `not-found` where nobody asked that. */
  answer(id: string, answer: string): void {
    this._find(id).close({ how: 'answered', answer });
  }

  /** Throws as `answer`. */
  cancel(id: string): void {
    this._find(id).close({ how: 'cancelled' });
  }

  /** Takes all questions back. */
  dispose(): void {
    [...this._open.values()].forEach(({ close }) => close({ how: 'cancelled' }));
  }

  private _find(id: string): IOpenPrompt {
    const open = this._open.get(id);
    if (open === undefined) {
      const next = 'Look at the connection: it may be open already, or ask again.';
      throw this._over.includes(id)
        ? new HepbatchError('conflict', 'This question was answered or is over.', { next })
        : new HepbatchError('not-found', 'Nobody asks this question.', { next });
    }
    return open;
  }

  private _remember(id: string): void {
    this._over.push(id);
    if (this._over.length > REMEMBERED) {
      this._over.shift();
    }
  }

  private readonly _open = new Map<string, IOpenPrompt>();
  private readonly _over: string[] = [];
}
