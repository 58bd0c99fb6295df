import { performance } from 'node:perf_hooks';
import type { Duplex } from 'node:stream';
import type { IKeepalive } from '../open-options';

/**
 * Notices a line that fell silent. ssh2 asks the server every so often; any byte that comes is a sign
 * of life, since the answer itself may wait behind megabytes of data on a slow link. The clock is one
 * that stands still while the machine sleeps.
 */
export class Pulse {
  constructor(
    { intervalMs, countMax }: IKeepalive,
    private readonly _transport: Duplex,
    lost: (reason: string) => void
  ) {
    const most = intervalMs * countMax;
    _transport.on('data', this._hear);
    this._timer = setInterval(() => {
      if (this._silence() < most) {
        return;
      }
      // We may have been too busy to read what has come: look again after reading.
      setImmediate(() => {
        if (this._silence() >= most) {
          lost(`no word from the host for ${Math.round(most / 1000)} s`);
        }
      });
    }, intervalMs / 3);
  }

  /** Watches no more. */
  dispose(): void {
    clearInterval(this._timer);
    this._transport.off('data', this._hear);
  }

  private _silence(): number {
    return performance.now() - this._heardAt;
  }

  private readonly _hear = () => {
    this._heardAt = performance.now();
  };

  private readonly _timer: NodeJS.Timeout;
  private _heardAt = performance.now();
}
