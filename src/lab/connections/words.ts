import type { TranslationBundle } from '@jupyterlab/translation';
import type {
  Backend,
  Connection,
  ConnectionProfile,
  ConnectionState,
  HostAddress
} from '../../contract';

/** Names of programs, the same in every language. */
export const CLIENTS = { ssh2: 'ssh2', openssh: 'OpenSSH' } as const;

/** A backend in the words of its users; those without a batch system say which host they mean. */
export function backendWords(
  backend: Backend,
  host: HostAddress | HostAddress['kind'] | null,
  trans: TranslationBundle
): string {
  const words: Record<Backend, string> = {
    'dask-local': trans.__('Dask on %1', machineWords(host, trans)),
    'dask-htcondor': trans.__('Dask on HTCondor'),
    'dask-lxplus': trans.__('Dask on LXPLUS'),
    'dask-slurm': trans.__('Dask on Slurm'),
    'vanilla-local': trans.__('Vanilla on %1', machineWords(host, trans)),
    'vanilla-htcondor': trans.__('Vanilla HTCondor'),
    'vanilla-lxplus': trans.__('Vanilla LXPLUS'),
    'vanilla-slurm': trans.__('Vanilla Slurm')
  };
  return words[backend];
}

function machineWords(
  host: HostAddress | HostAddress['kind'] | null,
  trans: TranslationBundle
): string {
  if (typeof host === 'object' && host !== null) {
    return hostWords(host, trans);
  }
  return host === 'local' ? trans.__('this machine') : trans.__('the host itself');
}

/** A host as a person would name it. */
export function hostWords(host: HostAddress, trans: TranslationBundle): string {
  if (host.kind === 'local') {
    return trans.__('this machine');
  }
  const user = host.user === null ? '' : `${host.user}@`;
  const port = host.port === null ? '' : `:${host.port}`;
  const name = `${user}${host.destination}${port}`;
  return host.jump === null ? name : trans.__('%1 through %2', name, host.jump);
}

/** Backend and host of a profile in one line. */
export function profileWords(profile: ConnectionProfile, trans: TranslationBundle): string {
  const { backend, host } = profile;
  const words = backendWords(backend, host, trans);
  const saysWhere = backend.endsWith('-local');
  return saysWhere ? words : trans.__('%1 · %2', words, hostWords(host, trans));
}

/** The word of a state. */
export function stateWord(state: ConnectionState, trans: TranslationBundle): string {
  const words: Record<ConnectionState, string> = {
    closed: trans.__('closed'),
    opening: trans.__('opening'),
    asking: trans.__('asking'),
    open: trans.__('open'),
    lost: trans.__('lost'),
    failed: trans.__('failed')
  };
  return words[state];
}

/** Whether somebody should look at a connection. */
export function isTrouble({ state }: Connection): boolean {
  return state === 'lost' || state === 'failed' || state === 'asking';
}

/** How long it is until then, roughly: two units at most. */
export function spanWords(ms: number, trans: TranslationBundle): string {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  if (minutes === 0) {
    return trans.__('%1 s', seconds);
  }
  if (hours === 0) {
    return minutes < 10
      ? trans.__('%1 min %2 s', minutes, seconds % 60)
      : trans.__('%1 min', minutes);
  }
  return hours < 48
    ? trans.__('%1 h %2 min', hours, minutes % 60)
    : trans.__('%1 d', Math.floor(hours / 24));
}
