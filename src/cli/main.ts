import type { ITerminal } from './terminal';

/** Version of the package; the bundle fills it in. */
declare const HEPBATCH_VERSION: string;

const HELP = `hepbatch <verb> [options]

  audit        compare a samples JSON with the outputs on disk, and export what is missing
  connections  list, open, close and test the hosts where work can go
  clusters     start, list, scale and stop Dask clusters, and see why they do not go on
  submit       submit plain batch jobs, or show their files and commands before
  submissions  watch, retry, hold and remove them, read their logs, audit their outputs
  exec         run a command on the host of a connection
  doctor       say what works here and what does not
  serve        start the agent that JupyterLab and notebooks talk to

  hepbatch <verb> --help   the options of a verb
  hepbatch --version       the version
`;

const VERBS = 'audit, connections, clusters, submit, submissions, exec, doctor and serve';

/** Only the verb that is asked for is evaluated: the answer of --version waits for no library. */
async function run(argv: string[], terminal: ITerminal): Promise<number> {
  const [verb, ...rest] = argv;
  switch (verb) {
    case 'audit':
      return (await import('./audit')).audit(rest, terminal);
    case 'connections':
      return (await import('./connections')).runConnections(rest, terminal);
    case 'clusters':
      return (await import('./clusters')).runClusters(rest, terminal);
    case 'submit':
      return (await import('./submit')).runSubmit(rest, terminal);
    case 'submissions':
      return (await import('./submissions')).runSubmissions(rest, terminal);
    case 'exec':
      return (await import('./exec')).runExec(rest, terminal);
    case 'doctor':
      return (await import('./doctor')).runDoctor(rest, HEPBATCH_VERSION, terminal);
    case 'serve':
      return (await import('./serve')).runServe(rest, HEPBATCH_VERSION, terminal);
    case '--version':
    case '-V':
      terminal.stdout.write(`hepbatch ${HEPBATCH_VERSION}\n`);
      return 0;
    case '--help':
    case '-h':
    case 'help':
      terminal.stdout.write(HELP);
      return 0;
    default: {
      const fault = verb === undefined ? 'no verb' : `unknown verb ${JSON.stringify(verb)}`;
      terminal.stderr.write(`hepbatch: ${fault}; the verbs are ${VERBS} (hepbatch --help)\n`);
      return 2;
    }
  }
}

/** The folder it was called in may have been removed since. */
function cwdOrHome(): string {
  try {
    return process.cwd();
  } catch {
    return process.env['HOME'] ?? '/';
  }
}

async function main(): Promise<void> {
  const { stdout, stderr, env } = process;
  // A reader that left (`| head`, the starter of the agent) is no reason to leave work half done.
  stdout.on('error', () => undefined);
  stderr.on('error', () => undefined);
  try {
    const terminal = {
      stdout,
      stderr,
      env,
      cwd: cwdOrHome(),
      // Only who reads it opens it.
      get stdin() {
        return process.stdin;
      }
    };
    process.exitCode = await run(process.argv.slice(2), terminal);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    stderr.write(`hepbatch: ${message.replace(/\s*\n\s*/g, ' ')}\n`);
    process.exitCode = 2;
  }
  // A verb is over when it says so, whatever it left open; what it wrote goes out before.
  stdout.write('', () => stderr.write('', () => process.exit()));
}

void main();
