import type { HostDetails } from '../../../contract';
import { NO_ANSWER, absent, unknown, wordsOf } from './finding';
import type { IPart } from './parts';
import { NOT_FOUND } from './tools';

/** What klist says where there is no ticket; MIT's and Heimdal's words. */
const NO_TICKET = /no credentials cache|no ticket file|credentials? cache .*not found|no cache/i;

/** What voms-proxy-info says where there is no proxy; the words of its Java and C++ forms. */
const NO_PROXY = /not found|couldn't find|no such file|cannot find/i;

/** Reads the words of klist, whose times are in UTC. */
export function parseTicket(part: IPart | undefined, now: Date): HostDetails['ticket'] {
  if (part === undefined) {
    return NO_ANSWER;
  }
  if (part.status === NOT_FOUND) {
    return absent('klist is not on PATH');
  }
  const cache = /^(?:Ticket|Credentials) cache: (\S+)/m.exec(part.text)?.[1];
  const principal = /^\s*(?:Default principal|Principal): (\S+)/m.exec(part.text)?.[1];
  if (cache === undefined || principal === undefined) {
    return NO_TICKET.test(part.text)
      ? absent('There is no Kerberos ticket.')
      : unknown(wordsOf(part));
  }
  const realm = principal.slice(principal.lastIndexOf('@') + 1);
  const ends = part.text.split('\n').flatMap(line => ticketEnd(line, realm));
  const expiresAt = ends.sort((a, b) => a.getTime() - b.getTime()).at(-1);
  if (expiresAt === undefined) {
    return absent(`${cache} has no ticket of ${realm}.`);
  }
  return expiresAt <= now
    ? absent(`The Kerberos ticket of ${principal} has expired.`)
    : { state: 'found', principal, cache, expiresAt: expiresAt.toISOString() };
}

/** When a line of klist says that the realm's ticket-granting ticket ends. */
function ticketEnd(line: string, realm: string): Date[] {
  const mit =
    /^\s*\S+ \S+\s+(\d\d)\/(\d\d)\/(\d{2}|\d{4}) (\d\d):(\d\d):(\d\d)\s+(krbtgt\/\S+)/.exec(line);
  if (mit !== null) {
    const [, month, day, year = '', hour, minute, second, service] = mit;
    const [y, ...rest] = [`20${year.slice(-2)}`, month, day, hour, minute, second].map(Number);
    return service === `krbtgt/${realm}@${realm}` ? validDate(y ?? 0, rest) : [];
  }
  const heimdal =
    /^\w{3} +\d+ [\d:]+ \d{4} +(\w{3}) +(\d+) (\d\d):(\d\d):(\d\d) (\d{4}) +(krbtgt\/\S+)/.exec(
      line
    );
  if (heimdal === null || heimdal[7] !== `krbtgt/${realm}@${realm}`) {
    return [];
  }
  const month = 1 + MONTHS.indexOf(heimdal[1] ?? '');
  return validDate(Number(heimdal[6]), [month, ...heimdal.slice(2, 6).map(Number)]);
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

function validDate(year: number, [month = 0, day, hour, minute, second]: number[]): Date[] {
  const date = new Date(Date.UTC(year, month - 1, day, hour, minute, second));
  return month < 1 || month > 12 || Number.isNaN(date.getTime()) ? [] : [date];
}

/**
 * Reads the words of `voms-proxy-info -all`, or those of openssl where that program is absent. The
 * time of the VO counts where it is the shorter one: without it the proxy is of no use.
 */
export function parseProxy(part: IPart | undefined, now: Date): HostDetails['proxy'] {
  if (part === undefined) {
    return NO_ANSWER;
  }
  if (part.status === NOT_FOUND && part.text === '') {
    return absent('There is no proxy, and voms-proxy-info is not on PATH.');
  }
  const path = /^path +: (.+)$/m.exec(part.text)?.[1]?.trim();
  const subject = /^(?:subject= *)(.+)$/m.exec(part.text)?.[1]?.trim();
  const identity =
    /^identity +: (.+)$/m.exec(part.text)?.[1]?.trim() ?? subject?.replace(/(\/CN=\d+)+$/, '');
  const expiresAt = proxyEnd(part.text, now);
  if (path === undefined || identity === undefined || expiresAt === null) {
    return NO_PROXY.test(part.text) ? absent('There is no VOMS proxy.') : unknown(wordsOf(part));
  }
  return expiresAt <= now
    ? absent(`The VOMS proxy ${path} has expired.`)
    : { state: 'found', path, identity, expiresAt: expiresAt.toISOString() };
}

function proxyEnd(text: string, now: Date): Date | null {
  const left = [...text.matchAll(/^timeleft +: (\d+):(\d\d):(\d\d)$/gm)].map(
    ([, hours, minutes, seconds]) => Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)
  );
  if (left.length > 0) {
    return new Date(now.getTime() + Math.min(...left) * 1000);
  }
  const said = /^notAfter=(.+)$/m.exec(text)?.[1];
  const date = said === undefined ? null : new Date(said);
  return date === null || Number.isNaN(date.getTime()) ? null : date;
}
