/** The hosts of the agent, bundled from their sources, and what they need to log in to the test bed. */
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';

const HOSTS = resolve(import.meta.dirname, '../../src/agent/connections/hosts');
const bed = resolve(process.env.HEPBATCH_TESTBED ?? '.testbed', 'ssh', 'env.json');

/** What the test bed tells of its SSH servers. */
export function readBed() {
  try {
    return JSON.parse(readFileSync(bed, 'utf8'));
  } catch {
    console.error('bring the servers up with: testbed/up ssh');
    return process.exit(1);
  }
}

/** A configuration of ssh with the bed's hosts and `slow`, which is reached through a link at `port`. */
export function writeConfig({ sshConfig, aPort }, port) {
  const file = join(mkdtempSync(join(tmpdir(), 'bench-')), 'config');
  const slow = `Host slow\n  Port ${port}\n  HostKeyAlias [localhost]:${aPort}\n`;
  writeFileSync(file, slow + readFileSync(sshConfig, 'utf8'));
  return file;
}

/** Functions that open a host by each client: `open.openssh('hep-a')`. */
export async function openers(config) {
  const folder = mkdtempSync(join(tmpdir(), 'bench-'));
  const clients = Object.entries({ openssh: 'openOpenssh', ssh2: 'openSsh2' });
  const contents = clients
    .filter(([client]) => existsSync(join(HOSTS, client, 'open.ts')))
    .map(([client, open]) => `export { ${open} as ${client} } from './${client}/open';`)
    .join('\n');
  const outfile = join(folder, 'hosts.cjs');
  await build({
    stdin: { contents, resolveDir: HOSTS, loader: 'ts' },
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    loader: { '.node': 'empty' },
    external: ['cpu-features', './crypto/build/Release/sshcrypto.node']
  });
  const say = (message, error) => console.error(message, error ?? '');
  const world = {
    env: { ...process.env, HEPBATCH_SSH_CONFIG: config },
    runtime: folder,
    log: { info: () => undefined, warn: say, error: say },
    ask: async question => say(`nobody answers: ${question.text}`) ?? null
  };
  const modules = createRequire(import.meta.url)(outfile);
  const address = destination => ({
    ...{ kind: 'ssh', destination, user: null, port: null, jump: null, client: 'auto' }
  });
  return Object.fromEntries(
    Object.entries(modules).map(([client, open]) => [
      client,
      destination => open(address(destination), world, new AbortController().signal)
    ])
  );
}
