/**
 * Writes `docs/report.schema.json`, the JSON Schema of report.json, from the contract: `npm run docs`.
 * With `--check` it writes nothing, and ends with status 1 where the published file is another one.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { format, resolveConfig } from 'prettier';

const target = new URL('report.schema.json', import.meta.url);
const contract = fileURLToPath(new URL('../src/contract/audits.ts', import.meta.url));

/** The contract is TypeScript and imports zod: one bundle in memory is the shortest way to run it. */
async function loadReport() {
  const { outputFiles } = await build({
    stdin: {
      contents: `
        import * as z from 'zod';
        import { AuditReport } from ${JSON.stringify(contract)};
        export const schema = z.toJSONSchema(AuditReport);
      `,
      resolveDir: fileURLToPath(new URL('..', import.meta.url))
    },
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
    logLevel: 'warning'
  });
  const code = Buffer.from(outputFiles[0].contents).toString('base64');
  return (await import(`data:text/javascript;base64,${code}`)).schema;
}

const { $schema, ...schema } = await loadReport();
const path = fileURLToPath(target);
const wanted = await format(
  JSON.stringify({
    $schema,
    title: 'Report of hepbatch audit, version 1',
    description: 'What `hepbatch audit --report FILE` writes; docs/audits.md explains it.',
    ...schema
  }),
  { ...(await resolveConfig(path)), parser: 'json', endOfLine: 'lf' }
);

if (!process.argv.includes('--check')) {
  await writeFile(target, wanted);
} else if ((await readFile(target, 'utf8').catch(() => null)) !== wanted) {
  process.stderr.write(`${path} is not what the contract gives: npm run docs writes it anew\n`);
  process.exitCode = 1;
}
