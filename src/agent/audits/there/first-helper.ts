import { HepbatchError } from '../../../contract';
import type { LineHelper } from '../../line-helper';

/**
 * Two helpers that answer the same questions, the better one first: where that cannot be used, the
 * other one is asked, for good. A broken line is no reason to do so, and neither is a fault after
 * the first has answered.
 */
export class FirstHelper<R> {
  constructor(
    private readonly _first: LineHelper<R>,
    private readonly _second: LineHelper<R>,
    /** Is told once why the first one cannot be used. */
    private readonly _warn: (why: string) => void
  ) {}

  /** As a `LineHelper`. */
  async ask(
    urls: readonly string[],
    signal: AbortSignal,
    take: (index: number, reply: R) => boolean
  ): Promise<void> {
    if (urls.length === 0) {
      return;
    }
    if (!this._isUseless) {
      try {
        await this._first.ask(urls, signal, (index, reply) => {
          this._hasAnswered = true;
          return take(index, reply);
        });
        return;
      } catch (error) {
        this._giveUp(error);
      }
    }
    await this._second.ask(urls, signal, take);
  }

  async dispose(): Promise<void> {
    await Promise.all([this._first.dispose(), this._second.dispose()]);
  }

  private _giveUp(error: unknown): void {
    const isUseless =
      error instanceof HepbatchError &&
      (error.code === 'unsupported' || error.code === 'unreachable');
    if (!isUseless || this._hasAnswered) {
      throw error;
    }
    if (!this._isUseless) {
      this._isUseless = true;
      this._warn(error.message);
    }
  }

  private _hasAnswered = false;
  private _isUseless = false;
}
