import { HepbatchError } from '../../../../contract';

/** Lines of stderr that say nothing of the reason. */
const IDLE =
  /^(@|$|debug\d|Warning: Permanently added|Connection closed by UNKNOWN|kex_exchange_identification:)/;

/** Ways to log in that no answer of the user has a part in. */
const SILENT = ['gssapi-with-mic', 'gssapi-keyex', 'hostbased'];

/** Whether a login without questions failed in a way that answers could mend. */
export function wantsAnswers(stderr: string): boolean {
  const [, methods] = /^(?:\S+: )?Permission denied \((.*)\)/m.exec(stderr) ?? [];
  return methods === undefined
    ? /^Host key verification failed\.$/m.test(stderr) && fatalKey(stderr) === null
    : !methods.split(',').every(method => SILENT.includes(method));
}

/** The error of a login that failed, by what ssh said of it. */
export function loginError(title: string, stderr: string): HepbatchError {
  const key = fatalKey(stderr);
  if (key !== null) {
    return new HepbatchError('denied', `${title}: ${key.message}`, { next: key.next });
  }
  const said = lastWords(stderr);
  const [unstarted] = /^ssh_askpass: exec.*$/m.exec(stderr) ?? [];
  if (unstarted !== undefined) {
    const next = 'Set XDG_RUNTIME_DIR or TMPDIR to a folder where programs may be started.';
    return new HepbatchError('unsupported', `${title}: ${unstarted.trim()}`, { next });
  }
  const [tooMany] = /^.*Too many authentication failures.*$/m.exec(stderr) ?? [];
  if (tooMany !== undefined) {
    const next = 'Name the right key by IdentityFile and IdentitiesOnly in your ssh configuration.';
    return new HepbatchError('denied', `${title}: ${tooMany.trim()}`, { next });
  }
  const [denied] = /^.*Permission denied \(.*$/m.exec(stderr) ?? [];
  if (denied !== undefined) {
    const next = /gssapi/.test(denied)
      ? 'Get a ticket with kinit, or renew the one that has expired, and open it again.'
      : 'Check user name, key, password and code, and open it again.';
    return new HepbatchError('denied', `${title}: ${denied.trim()}`, { next });
  }
  if (/^Host key verification failed\.$/m.test(stderr)) {
    const next = 'Compare the fingerprint with the one the site publishes, and open it again.';
    return new HepbatchError('denied', `${title}: the host key was not accepted`, { next });
  }
  if (UNREACHABLE.test(stderr)) {
    const next = 'Check the name, the network and whether the host is up, and open it again.';
    return new HepbatchError('unreachable', `${title}: ${said}`, { next });
  }
  return new HepbatchError('refused', `${title}: ${said || 'ssh ended without a word'}`, {
    next: 'Try the same by ssh in a terminal.'
  });
}

/** The last line of what ssh said that tells something. */
export function lastWords(stderr: string): string {
  const lines = stderr.split('\n').map(line => line.trim());
  return lines.filter(line => !IDLE.test(line)).at(-1) ?? lines.filter(Boolean).at(-1) ?? '';
}

const UNREACHABLE =
  /Could not resolve|Connection (refused|timed out|reset|closed)|Connection to .* timed out|No route to host|is unreachable|connect to host|Broken pipe|stdio forwarding failed|not responding/;

/** A host key that no answer makes good: it changed, was revoked, or must be known and is not. */
function fatalKey(stderr: string): { message: string; next: string } | null {
  if (/REMOTE HOST IDENTIFICATION HAS CHANGED|HOST KEY .*CHANGED/.test(stderr)) {
    const [, algorithm = 'its', place = 'a known_hosts file'] =
      /^Offending (\S+) key in (.+)$/m.exec(stderr) ?? [];
    const [, fingerprint = ''] = /^((?:SHA256|MD5):\S+?)\.?$/m.exec(stderr) ?? [];
    return {
      message: `the host key has changed: ${algorithm} key in ${place} differs from ${fingerprint}`,
      next: `Do not go on unless the site says that its key changed; then remove ${place}.`
    };
  }
  if (/REVOKED HOST KEY DETECTED|marked as revoked|in revoked keys file/.test(stderr)) {
    const [said = 'the host key is revoked'] = /^.*revoked.*$/m.exec(stderr) ?? [];
    return {
      message: `the host key is revoked: ${said.trim()}`,
      next: 'Do not log in there; ask the site.'
    };
  }
  const [unknown] = /^No .* host key is known for .*$/m.exec(stderr) ?? [];
  return unknown === undefined
    ? null
    : {
        message: unknown.trim(),
        next: 'Add its key to known_hosts, or set StrictHostKeyChecking to ask.'
      };
}
