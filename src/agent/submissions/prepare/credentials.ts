import type { IProblem } from '../plan';
import type { IFacts } from './facts';
import type { VanillaBackend } from './options';

/** What is asked of credentials. */
export interface INeeds {
  readonly backend: VanillaBackend;
  readonly folder: string;
  readonly files: readonly string[];
  readonly output: string | null;
  /** As the request has it: absent, none, or a path. */
  readonly proxy: string | null | undefined;
  /** Longest time of a job, where it is known. */
  readonly jobSeconds: number | null;
}

/** Path of the proxy that jobs get; null: none. */
export function proxyPath(proxy: INeeds['proxy'], facts: IFacts): string | null {
  return proxy !== undefined ? proxy : facts.proxy?.state === 'found' ? facts.proxy.path : null;
}

/** What is wrong with proxy and Kerberos ticket for these jobs. */
export function credentialProblems(needs: INeeds, facts: IFacts): IProblem[] {
  return [...proxyProblems(needs, facts), ...ticketProblems(needs, facts)];
}

function proxyProblems(needs: INeeds, facts: IFacts): IProblem[] {
  const { proxy, files, backend, output } = needs;
  const isUsed = [...files, output ?? ''].some(file => /^(root|xroot|davs|https):\/\//i.test(file));
  if (proxy === null || !isUsed) {
    return [];
  }
  const { proxy: found } = facts;
  const problems: IProblem[] = [];
  const path = proxyPath(proxy, facts);
  if (proxy === undefined && found?.state === 'absent') {
    problems.push({
      level: 'refused',
      message: `Jobs read through XRootD, and there is no proxy: ${found.reason}`,
      next: 'Make one with voms-proxy-init -voms cms --valid 192:00, or say that none is needed.'
    });
  } else if (proxy === undefined && found?.state !== 'found') {
    problems.push({
      level: 'warning',
      message: `Whether there is a proxy could not be found out: ${found?.reason ?? 'the host was not asked'}.`,
      next: 'Look with voms-proxy-info, or open the connection again.'
    });
  }
  if (found?.state === 'found' && found.path === path) {
    const left = Math.floor((Date.parse(found.expiresAt) - facts.now.getTime()) / 1000);
    if (left <= 0) {
      problems.push({
        level: 'refused',
        message: `The proxy ${found.path} ended at ${found.expiresAt}.`,
        next: 'Make a new one with voms-proxy-init -voms cms --valid 192:00.'
      });
    } else if (needs.jobSeconds !== null && left < needs.jobSeconds) {
      problems.push({
        level: 'warning',
        message: `The proxy has ${hours(left)} left, and a job may run ${hours(needs.jobSeconds)}.`,
        next: 'Make a new one with voms-proxy-init -voms cms --valid 192:00.'
      });
    }
  }
  if (path?.startsWith('/tmp/') === true && backend === 'vanilla-slurm') {
    problems.push({
      level: 'refused',
      message: `The proxy ${path} lies on this machine alone, where jobs on other nodes cannot read it.`,
      next: 'Copy it to your home folder, readable by you alone, and name the copy as the proxy.'
    });
  }
  return problems;
}

function ticketProblems({ backend, folder }: INeeds, { ticket, now }: IFacts): IProblem[] {
  const isAfs = folder.startsWith('/afs/');
  if (backend !== 'vanilla-lxplus' && !isAfs) {
    return [];
  }
  const why = isAfs ? 'AFS' : 'condor_submit';
  const next = 'Get one with kinit, or from the panel of connections.';
  if (ticket === null || ticket.state === 'unknown') {
    const reason = ticket?.reason ?? 'the host was not asked';
    const message = `Whether there is a Kerberos ticket, which ${why} needs, could not be found out: ${reason}`;
    return [{ level: 'warning', message, next: 'Look with klist.' }];
  }
  const hasEnded = ticket.state === 'found' && Date.parse(ticket.expiresAt) <= now.getTime();
  if (ticket.state === 'absent' || hasEnded) {
    const reason = ticket.state === 'absent' ? ticket.reason : 'It has ended.';
    return [{ level: 'refused', message: `${why} needs a Kerberos ticket. ${reason}`, next }];
  }
  return [];
}

function hours(seconds: number): string {
  return `${(seconds / 3600).toFixed(1)} h`;
}
