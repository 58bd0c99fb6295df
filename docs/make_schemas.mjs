/**
 * Writes the JSON Schemas that others need, from the contract: `npm run docs`.
 * With `--check` it writes nothing, and ends with status 1 where a published file is another one.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { format, resolveConfig } from 'prettier';

/** The contract is TypeScript and imports zod: one bundle in memory is the shortest way to run it. */
async function load(file, expression) {
  const contract = fileURLToPath(new URL(`../src/contract/${file}`, import.meta.url));
  const { outputFiles } = await build({
    stdin: {
      contents: `
        import * as z from 'zod';
        import * as contract from ${JSON.stringify(contract)};
        export const schema = ${expression};
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

async function report() {
  const { $schema, ...schema } = await load('audits.ts', 'z.toJSONSchema(contract.AuditReport)');
  return {
    $schema,
    title: 'Report of hepbatch audit, version 1',
    description: 'What `hepbatch audit --report FILE` writes; docs/audits.md explains it.',
    ...schema
  };
}

async function supervisor() {
  const schema = await load(
    'supervisor.ts',
    `{
      request: z.toJSONSchema(contract.SupervisorRequest, { io: 'input' }),
      ready: z.toJSONSchema(contract.SupervisorReady),
      record: z.toJSONSchema(contract.SupervisorRecord),
      check: z.toJSONSchema(contract.PythonEnvironment),
      preview: z.toJSONSchema(contract.RenderedJob),
      clean: z.toJSONSchema(contract.Cleaned),
      commands: Object.fromEntries(
        Object.entries(contract.SUPERVISOR_COMMANDS).map(([name, { body, reply }]) => [
          name,
          { body: z.toJSONSchema(body, { io: 'input' }), reply: z.toJSONSchema(reply) }
        ])
      )
    }`
  );
  return {
    title: 'Lines of JSON between agent and supervisor, version 1',
    description: 'src/contract/supervisor.ts explains it; tests hold hepbatch/supervisor to it.',
    ...schema
  };
}

const SCHEMAS = { 'report.schema.json': report, 'supervisor.schema.json': supervisor };

for (const [name, make] of Object.entries(SCHEMAS)) {
  const path = fileURLToPath(new URL(name, import.meta.url));
  const wanted = await format(JSON.stringify(await make()), {
    ...(await resolveConfig(path)),
    parser: 'json',
    endOfLine: 'lf'
  });
  if (!process.argv.includes('--check')) {
    await writeFile(path, wanted);
  } else if ((await readFile(path, 'utf8').catch(() => null)) !== wanted) {
    process.stderr.write(`${path} is not what the contract gives: npm run docs writes it anew\n`);
    process.exitCode = 1;
  }
}
