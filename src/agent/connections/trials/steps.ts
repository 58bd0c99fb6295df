import { SUBMIT_PROGRAM } from '../../../contract';
import type { ConnectionProfile, HostDetails, TestStep } from '../../../contract';

/** What one step came to. */
export type StepResult = Pick<TestStep, 'state' | 'words'>;

/** Less free space than this is worth a warning. */
const LITTLE_BYTES = 1e9;

/** Less time than this is worth a warning. */
const LITTLE_MS = 3_600_000;

/** Whether the batch system that the profile wants is there. */
export function schedulerStep({ backend }: ConnectionProfile, details: HostDetails): StepResult {
  const { scheduler } = details;
  if (SUBMIT_PROGRAM[backend] === null) {
    return { state: 'skipped', words: 'None is needed.' };
  }
  return scheduler.state === 'found'
    ? { state: 'ok', words: `${scheduler.name} ${scheduler.version}, ${scheduler.path}` }
    : { state: scheduler.state === 'absent' ? 'failed' : 'unknown', words: scheduler.reason };
}

/** Whether the interpreter is there; where the profile names none, not all work needs one. */
export function pythonStep(
  { backend, defaults }: ConnectionProfile,
  { python }: HostDetails
): StepResult {
  if (python.state === 'found') {
    return { state: 'ok', words: `Python ${python.version}, ${python.path}` };
  }
  const isNeeded = defaults.python !== undefined || backend.startsWith('dask-');
  const absent = isNeeded ? 'failed' : 'warning';
  return { state: python.state === 'absent' ? absent : 'unknown', words: python.reason };
}

/** Where files can lie, and how much room there is. */
export function foldersStep({ home, scratch }: HostDetails): StepResult {
  const words = [spaceWords('home', home), spaceWords('scratch', scratch)].join('; ');
  const isTight = [home, scratch].some(
    space => space.state === 'found' && space.freeBytes < LITTLE_BYTES
  );
  const state = home.state !== 'found' ? 'unknown' : isTight ? 'warning' : 'ok';
  return { state, words };
}

/** Whether the ticket and the proxy will last; CERN's HTCondor takes nobody without a ticket. */
export function credentialsStep(
  { backend }: ConnectionProfile,
  { ticket, proxy }: HostDetails,
  now: Date
): StepResult {
  const words = [leftWords('ticket', ticket, now), leftWords('VOMS proxy', proxy, now)].join('; ');
  const left = ticket.state === 'found' ? Date.parse(ticket.expiresAt) - now.getTime() : 0;
  const isShort = backend.endsWith('-lxplus') && left < LITTLE_MS;
  return ticket.state === 'unknown' || proxy.state === 'unknown'
    ? { state: 'unknown', words }
    : { state: isShort ? 'warning' : 'ok', words };
}

function spaceWords(name: string, space: HostDetails['home']): string {
  return space.state === 'found'
    ? `${name} ${space.path}, ${(space.freeBytes / 1e9).toFixed(1)} GB free`
    : `${name}: ${space.reason}`;
}

function leftWords(name: string, found: HostDetails['ticket' | 'proxy'], now: Date): string {
  if (found.state !== 'found') {
    return `${name}: ${found.reason}`;
  }
  const minutes = Math.max(0, Math.floor((Date.parse(found.expiresAt) - now.getTime()) / 60_000));
  return `${name} for ${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
