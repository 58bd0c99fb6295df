import { EXEC_PATH, HepbatchError } from '../contract';
import type { Connection } from '../contract';
import type { OpenHost } from '../agent/audits/run-audit';
import { keyOf } from '../agent/audits/there/there';
import type {
  HostRunResult,
  IHost,
  IHostProcess,
  IHostRunOptions
} from '../agent/connections/hosts/host';
import { RemoteFiles } from '../agent/connections/hosts/remote-files';
import { Stop } from '../agent/connections/hosts/stop';
import { tell } from '../agent/run';
import type { Environment } from '../agent/run';
import { openAgent, type IAgentClient } from './agent-client';
import { AgentProcess } from './agent-process';
import { findConnection } from './open-connection';
import type { ITerminal } from './terminal';

/** The host of an open connection, through the agent of this user that holds its line. */
export function openHostOfAgent(terminal: Pick<ITerminal, 'env'>): OpenHost {
  return async name => {
    const client = await openAgent(terminal);
    const { profile, state, failure } = await findConnection(client, name);
    if (profile.host.kind === 'local') {
      return null;
    }
    if (state !== 'open') {
      throw notOpen(name, state, failure?.message ?? null);
    }
    const { user, destination } = profile.host;
    const title = user === null ? destination : `${user}@${destination}`;
    return { key: keyOf(profile.host), host: new AgentHost(client, profile.id, title) };
  };
}

function notOpen(name: string, state: Connection['state'], why: string | null): HepbatchError {
  return new HepbatchError(
    state === 'lost' ? 'connection-lost' : 'unreachable',
    `The connection ${name} is ${state}${why === null ? '' : `: ${why}`}`,
    { next: `Open it first: hepbatch connections open ${name}` }
  );
}

/** A host whose line the agent holds: programs run through its socket, files are read by programs. */
export class AgentHost implements Pick<IHost, 'title' | 'run' | 'start' | 'read' | 'write'> {
  constructor(
    private readonly _client: IAgentClient,
    private readonly _id: string,
    readonly title: string
  ) {
    this._files = new RemoteFiles(this);
  }

  /** As IHost has it. */
  async start(
    argv: readonly string[],
    { env = {}, cwd }: { readonly env?: Environment; readonly cwd?: string }
  ): Promise<IHostProcess> {
    const { sent, answer } = this._client.post(EXEC_PATH);
    const head = { id: this._id, argv: [...variables(env), ...argv], cwd: cwd ?? null };
    sent.write(`${JSON.stringify(head)}\n`);
    return new AgentProcess(sent, await answer);
  }

  /** As IHost has it. */
  async run(argv: readonly string[], options: IHostRunOptions): Promise<HostRunResult> {
    const { env, cwd, stdin, signal, timeoutMs, maxOutputBytes, onStdout } = options;
    const stop = new Stop(signal, timeoutMs);
    const [stdout, stderr]: [Buffer[], Buffer[]] = [[], []];
    let bytes = 0;
    const take = (keep: (chunk: Buffer) => void) => (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > maxOutputBytes) {
        stop.now('too-much-output');
      } else if (stop.reason === null) {
        keep(chunk);
      }
    };
    try {
      const started = await this.start(argv, {
        ...(env === undefined ? {} : { env }),
        ...(cwd === undefined ? {} : { cwd })
      });
      started.stdout.on('data', take(onStdout ?? (chunk => stdout.push(chunk))));
      started.stderr.on(
        'data',
        take(chunk => stderr.push(chunk))
      );
      tell(started.stdin, stdin ?? '');
      const first = await Promise.race([started.ended, stop.wait()]);
      const text = (parts: Buffer[]) => Buffer.concat(parts).toString('utf8');
      const said = { stdout: text(stdout), stderr: text(stderr) };
      if (typeof first === 'object') {
        return { ...first, ...said };
      }
      await started.kill();
      return { end: first, ...said };
    } finally {
      stop.dispose();
    }
  }

  /** As IHost has it. */
  read(...asked: Parameters<IHost['read']>): Promise<Buffer> {
    return this._files.read(...asked);
  }

  /** As IHost has it. */
  write(...asked: Parameters<IHost['write']>): Promise<void> {
    return this._files.write(...asked);
  }

  private readonly _files: RemoteFiles;
}

/** The agent's endpoint sets no variables; `env` there does. */
function variables(env: Environment): string[] {
  const set = Object.entries(env).flatMap(([name, value]) =>
    value === undefined ? ['-u', name] : [`${name}=${value}`]
  );
  return set.length === 0 ? [] : ['env', ...set];
}
