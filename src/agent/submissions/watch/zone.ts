import type { IHost } from '../../connections/hosts/host';
import { toolError } from '../../connections/hosts/file-words';

/** How far the clock of a host is before UTC, in minutes: event logs tell the time there. */
export async function zoneOf(host: IHost, signal: AbortSignal): Promise<number> {
  const result = await host.run(['date', '+%z'], {
    signal,
    timeoutMs: 60_000,
    maxOutputBytes: 1000
  });
  const said = result.end === 'exited' && result.code === 0 ? result.stdout.trim() : '';
  const [, sign, hours, minutes] = /^([+-])(\d\d)(\d\d)$/.exec(said) ?? [];
  if (hours === undefined || minutes === undefined) {
    throw toolError('date', result, false);
  }
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
}
