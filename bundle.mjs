/** Bundles the command line with the agent, and the audit's worker threads, into `hepbatch/node`. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { build } from 'esbuild';

const out = 'hepbatch/node';
const { version } = JSON.parse(await readFile('package.json', 'utf8'));
await mkdir(out, { recursive: true });
await build({
  entryPoints: { hepbatch: 'src/cli/main.ts', 'audit-worker': 'src/agent/audits/worker/main.ts' },
  outdir: out,
  outExtension: { '.js': '.cjs' },
  bundle: true,
  minify: true,
  legalComments: 'linked',
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  // The native parts of ssh2 are not built; what it does without them is as good for us.
  loader: { '.node': 'empty' },
  external: ['cpu-features', './crypto/build/Release/sshcrypto.node'],
  define: { HEPBATCH_VERSION: JSON.stringify(version) },
  logLevel: 'warning'
});
// A tiny entry: with the compile cache of Node 22 and later the bundle starts in half the time.
await writeFile(
  `${out}/main.cjs`,
  "const { enableCompileCache } = require('node:module');\n" +
    'enableCompileCache?.(process.env.HEPBATCH_COMPILE_CACHE);\n' +
    "require('./hepbatch.cjs');\n"
);
