/**
 * Kills agents, supervisors and Jupyter servers with SIGKILL while a cluster starts, runs and stops,
 * at a random moment each, and looks whether the cluster is found again and whether anything is left:
 *
 *   PYTHON=$(testbed/jobs-python) node bench/reliability/clusters.mjs 10 [dask-local] [at once] [victim]
 *
 * The victim is agent, supervisor or Jupyter; left out: all. JUPYTER is a Python with
 * `jupyter_server`; without it no server is killed. `make build` comes first.
 * For batch systems as the user of the test bed: testbed/as-user env -- PYTHON=... node ...
 */
import { once } from 'node:events';
import { User, bundleCli, kill, sleep } from './user.mjs';

const [count = '10', connection = 'dask-local', atOnce = '2', only] = process.argv.slice(2);
const { PYTHON = 'python3', JUPYTER } = process.env;
const SIZES = { 'dask-local': ['--memory', '400MB'] };
const size = SIZES[connection] ?? ['--memory', '600MB'];
const MOST_MS = { starting: 3000, running: 500, stopping: 1500 };

/** Brings a cluster into a state, and waits for a random moment of it. */
async function bring(user, state) {
  const start = ['start', connection, '--name', 'mine', '--python', PYTHON, ...size];
  const workers = ['--workers', '1'];
  const begun = await user.clusters(
    ...start,
    ...workers,
    ...(state === 'starting' ? ['--no-wait'] : [])
  );
  if (begun.code !== 0) {
    throw new Error(begun.err.trim());
  }
  const cluster = await user.show();
  if (state === 'stopping') {
    await user.clusters('stop', 'mine', '--no-wait');
  }
  await sleep(Math.random() * MOST_MS[state]);
  return cluster;
}

async function killAgent(user, state) {
  const cluster = await bring(user, state);
  kill(await user.agent());
  const killedAt = Date.now();
  const found = await user.show();
  const ms = Date.now() - killedAt;
  if (found.id !== cluster.id) {
    throw new Error('another cluster was found');
  }
  if (state !== 'stopping') {
    await user.until('running');
    await user.clusters('stop', 'mine');
  }
  await user.until('stopped');
  await user.untilNothing(cluster);
  return { ms, what: state === 'stopping' ? 'stopped' : 'found, then stopped' };
}

async function killSupervisor(user, state) {
  const cluster = await bring(user, state);
  const pid = user.supervisor(cluster);
  const hit = pid !== null && kill(pid);
  const killedAt = Date.now();
  // One that was not there yet, or no more, was not killed: then the cluster goes its way.
  const after = await user.until('lost', 'stopped', ...(hit ? [] : ['running']));
  const ms = Date.now() - killedAt;
  const verb = { lost: 'clean', running: 'stop' }[after.state];
  if (verb !== undefined) {
    const done = await user.clusters(verb, 'mine');
    if (done.code !== 0) {
      throw new Error(done.err.trim());
    }
  }
  await user.untilNothing(cluster);
  return { ms, what: hit ? (verb === 'clean' ? 'lost, then cleaned' : 'stopped') : 'not hit' };
}

/** The agent was started by the Jupyter server that is killed, and must go on without it. */
async function killJupyter(user, state) {
  const server = await user.jupyter(JUPYTER);
  const agent = await user.agent();
  const cluster = await bring(user, state);
  server.kill('SIGKILL');
  await once(server, 'exit');
  const killedAt = Date.now();
  const found = await user.show();
  const ms = Date.now() - killedAt;
  if (found.id !== cluster.id || (await user.agent()) !== agent) {
    throw new Error(found.id === cluster.id ? 'the agent is another one' : 'another cluster');
  }
  if (state !== 'stopping') {
    await user.until('running');
    await user.clusters('stop', 'mine');
  }
  await user.until('stopped');
  await user.untilNothing(cluster);
  return { ms, what: state === 'stopping' ? 'stopped' : 'found, then stopped' };
}

async function trial(program, [victim, state, run]) {
  const user = new User(program, PYTHON);
  try {
    return { victim, state, ...(await run(user, state)) };
  } catch (error) {
    return { victim, state, what: `WRONG: ${error.message}` };
  } finally {
    user.end();
  }
}

const all = ['starting', 'running', 'stopping'].flatMap(state => [
  ['agent', state, killAgent],
  ['supervisor', state, killSupervisor],
  ...(JUPYTER === undefined ? [] : [['Jupyter', state, killJupyter]])
]);
const kinds = all.filter(([victim]) => only === undefined || victim === only);
const program = await bundleCli();
const todo = Array.from({ length: Number(count) }, () => kinds).flat();
const done = [];
const lane = async () => {
  for (let kind = todo.shift(); kind !== undefined; kind = todo.shift()) {
    const said = await trial(program, kind);
    done.push(said);
    console.error(`${done.length}: ${said.victim} ${said.state}: ${said.what}`);
  }
};
await Promise.all(Array.from({ length: Number(atOnce) }, lane));

console.log('| killed | while it was | what came of it | times | median until it was known |');
console.log('|---|---|---|---|---|');
for (const [victim, state] of kinds) {
  const ours = done.filter(said => said.victim === victim && said.state === state);
  for (const what of new Set(ours.map(said => said.what))) {
    const times = ours.filter(said => said.what === what).map(({ ms }) => ms);
    const median = times.sort((a, b) => a - b)[Math.floor(times.length / 2)];
    const seconds = median === undefined ? '-' : `${(median / 1000).toFixed(1)} s`;
    console.log(`| ${victim} | ${state} | ${what} | ${times.length} | ${seconds} |`);
  }
}
process.exitCode = done.some(({ what }) => what.startsWith('WRONG')) ? 1 : 0;
