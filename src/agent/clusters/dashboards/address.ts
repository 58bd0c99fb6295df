import { HepbatchError } from '../../../contract';
import type { StreamTarget } from '../../connections/hosts/host';

/** Where a pasted address leads. */
export interface IParsedAddress {
  readonly target: Extract<StreamTarget, { port: number }>;
  /** What all paths begin with; empty, or such as `/prefix`. */
  readonly prefix: string;
}

const NEXT = 'Give host:port, or the link that Dask prints, such as http://10.0.0.7:8787/status.';

/**
 * Takes `host:port`, or a link as Dask prints it; the last word of its path is the page and goes.
 * Throws `bad-request`, and `unsupported` for https.
 */
export function parseAddress(text: string): IParsedAddress {
  const trimmed = text.trim();
  const refuse = (why: string): never => {
    throw new HepbatchError('bad-request', `${JSON.stringify(trimmed)} ${why}`, { next: NEXT });
  };
  if (/^https:/i.test(trimmed)) {
    throw new HepbatchError('unsupported', `${trimmed}: a dashboard with https is not shown yet`, {
      next: 'Leave distributed.scheduler.dashboard.tls unset; the line to the host is encrypted by SSH.'
    });
  }
  // Without a port it would be the one of the web, which is no dashboard's.
  const hasScheme = /^http:\/\//i.test(trimmed);
  if (!hasScheme && !/^[^/?#@]+:\d+(\/|$)/.test(trimmed)) {
    refuse('is no address of a dashboard');
  }
  const link = hasScheme ? trimmed : `http://${trimmed}`;
  return URL.canParse(link) ? read(new URL(link), refuse) : refuse('is no address of a dashboard');
}

function read(url: URL, refuse: (why: string) => never): IParsedAddress {
  if (url.username !== '' || url.password !== '') {
    refuse('holds a user or a password');
  }
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const port = url.port === '' ? 80 : Number(url.port);
  if (!/^[A-Za-z0-9_.:-]+$/.test(host) || port < 1) {
    refuse('names no host and port');
  }
  const prefix = url.pathname.slice(0, url.pathname.lastIndexOf('/'));
  if (!/^(\/[A-Za-z0-9_~-][A-Za-z0-9_.~-]*)*$/.test(prefix)) {
    refuse('has a path that is none of a dashboard');
  }
  return { target: { host, port }, prefix };
}
