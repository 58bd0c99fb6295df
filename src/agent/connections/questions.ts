import { HepbatchError } from '../../contract';
import type { Ask, Question } from './asker';
import type { Prompts } from './prompts';

/** The questions of one attempt, on behalf of one connection. */
export class Questions {
  constructor(
    private readonly _prompts: Prompts,
    private readonly _connection: string,
    private readonly _signal: AbortSignal,
    /** Is told that a question waits, and that none does any more. */
    private readonly _waits: (question: Question | null) => void
  ) {}

  /** The last one that was asked. */
  get last(): Question | null {
    return this._last;
  }

  /** How many were asked. */
  get count(): number {
    return this._count;
  }

  /** Hands a question to the user. */
  readonly ask: Ask = async (question, signal) => {
    this._last = question;
    this._count += 1;
    this._waits(question);
    const answer = await this._prompts.ask(this._connection, question, signal, this._signal);
    this._isExpired = answer.how === 'expired';
    this._waits(null);
    return answer.how === 'answered' ? answer.answer : null;
  };

  /** What is to be told of an error: that nobody answered in time is no cancelling. */
  explain(error: unknown): unknown {
    return this._isExpired
      ? new HepbatchError(
          'timed-out',
          `${this._last?.title ?? 'The host'} asked, and nobody answered in time.`,
          { next: 'Try again, and answer within two minutes.' },
          { cause: error }
        )
      : error;
  }

  private _last: Question | null = null;
  private _count = 0;
  private _isExpired = false;
}
