import type { Duplex } from 'node:stream';
import { HepbatchError } from '../../../../contract';
import type { ILog } from '../../../log';
import type { Ask } from '../../asker';
import type { ISshHop } from '../../ssh-config/hop';
import type { ISshRoute } from '../../ssh-config/resolve';
import { settingOf } from '../../ssh-config/settings';
import type { IKeepalive } from '../open-options';
import { forwardTo } from './forward';
import { HostKeyCheck } from './host-key';
import { KeyRing, keysOf } from './key-ring';
import { Line } from './line';
import { FreshLineNeeded } from './login';
import { callHost } from './transport';

/** Lines that are opened for one hop at most, where servers cut them for too many refused keys. */
const MOST_LINES = 6;

/** What is needed to open the lines to a host. */
export interface IChainOptions {
  readonly uid: number;
  readonly ask: Ask;
  readonly log: ILog;
  readonly signal: AbortSignal;
  readonly keepalive: IKeepalive;
  /** How long a server may be silent during login. */
  readonly patienceMs: number;
}

/** The lines to a host: to each jump host through those before it, and to the host itself. */
export class Chain {
  private constructor(
    private readonly _lines: readonly Line[],
    readonly target: Line
  ) {
    void Promise.race(_lines.map(line => line.ended.then(reason => ({ line, reason })))).then(
      ({ line, reason }) => {
        this.end(line === target ? reason : `${line.title}: ${reason}`);
      }
    );
  }

  /** Opens them one after the other, asking each host's questions. Throws as Line does. */
  static async open(route: ISshRoute, options: IChainOptions): Promise<Chain> {
    const lines: Line[] = [];
    [...route.jumps, route.target].forEach(refuseWhatIsUnsafe);
    try {
      for (const hop of route.jumps) {
        lines.push(await openLine(hop, lines.at(-1), null, options));
      }
      const target = await openLine(route.target, lines.at(-1), options.keepalive, options);
      lines.push(target);
      return new Chain(lines, target);
    } catch (cause) {
      lines.reverse().forEach(line => line.close());
      throw cause;
    }
  }

  /** Resolves with the reason when nothing can be asked any more. */
  readonly ended = new Promise<string>(resolve => (this._tellEnd = resolve));

  /** Ends all lines, the last one first. */
  end(reason: string): void {
    if (!this._isEnded) {
      this._isEnded = true;
      this._tellEnd(reason);
      [...this._lines].reverse().forEach(line => line.close());
    }
  }

  declare private _tellEnd: (reason: string) => void;
  private _isEnded = false;
}

/** What may not be passed over: the way to the host, and keys that must not be trusted. */
const UNSAFE = { proxycommand: 'ProxyCommand', revokedhostkeys: 'RevokedHostKeys' } as const;

function refuseWhatIsUnsafe({ destination, settings }: ISshHop): void {
  for (const [name, word] of Object.entries(UNSAFE)) {
    if (settingOf(settings, name) !== null) {
      const message = `${destination}: the ssh configuration has a ${word}, which ssh2 does not know`;
      throw new HepbatchError('unsupported', message, {
        next: 'Choose OpenSSH as the SSH client for this connection.'
      });
    }
  }
}

async function openLine(
  hop: ISshHop,
  through: Line | undefined,
  keepalive: IKeepalive | null,
  { uid, ask, log, signal, patienceMs }: IChainOptions
): Promise<Line> {
  const keys = new KeyRing(() => keysOf(hop, uid, log), log);
  for (let lines = 1; ; lines++) {
    const hostKey = await HostKeyCheck.of(hop, log);
    const transport: Duplex =
      through === undefined
        ? await callHost(hop, signal)
        : await forwardTo(through, { host: hop.hostname, port: hop.port });
    try {
      return await Line.open({
        hop,
        transport,
        hostKey,
        keys,
        ask,
        log,
        signal,
        keepalive,
        patienceMs
      });
    } catch (cause) {
      if (!(cause instanceof FreshLineNeeded)) {
        throw cause;
      }
      if (lines === MOST_LINES) {
        throw new HepbatchError('denied', `${hop.title}: it took none of many keys`, {
          next: 'Name the right one by IdentityFile and IdentitiesOnly in your ssh configuration.'
        });
      }
    }
  }
}
