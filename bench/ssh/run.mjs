/**
 * Measures streams, small requests, commands and the listing of a big folder through both SSH hosts,
 * beside `ssh -L` and `ssh` itself. All of it in one run, taking turns. Prints the tables of
 * docs/performance.md; with --write puts them there.
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { cpus, release, tmpdir, type } from 'node:os';
import { join, resolve } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { openers, readBed, writeConfig } from './hosts.mjs';

const PAGE = resolve(import.meta.dirname, '../../docs/performance.md');
const MARKS = ['<!-- bench/ssh begin -->', '<!-- bench/ssh end -->'];
const NAMES = 100_000;
const BUDGETS = { openssh: 0.9, ssh2: 0.8 };

const { values: options } = parseArgs({
  options: {
    turns: { type: 'string', default: '5' },
    mib: { type: 'string', default: '256' },
    requests: { type: 'string', default: '1000' },
    write: { type: 'boolean', default: false }
  }
});
const [TURNS, MIB, REQUESTS] = [options.turns, options.mib, options.requests].map(Number);

const children = [];
function start(program, ...args) {
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  children.push(child);
  return child;
}

const firstLine = async child => String((await once(child.stdout, 'data'))[0]).split('\n')[0];

const median = values => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

async function timed(work) {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

/** MiB a second of one stream. */
async function throughput(open) {
  const stream = await open();
  let bytes = 0;
  const took = await timed(async () => {
    stream.on('data', chunk => (bytes += chunk.length));
    stream.write(`S${MIB}`);
    await once(stream, 'end');
  });
  stream.destroy();
  if (bytes !== MIB * 1024 * 1024) {
    throw new Error(`${bytes} bytes came, not ${MIB} MiB`);
  }
  return (MIB / took) * 1000;
}

/** Milliseconds of a small request and its answer, on a stream that is open. */
async function latency(open) {
  const stream = await open();
  const request = Buffer.from('P'.repeat(100));
  const times = [];
  for (let i = 0; i < REQUESTS; i++) {
    times.push(
      await timed(async () => {
        stream.write(request);
        for (let left = request.length; left > 0;) {
          left -= (await once(stream, 'data'))[0].length;
        }
      })
    );
  }
  stream.destroy();
  return median(times);
}

const given = { signal: new AbortController().signal, timeoutMs: 60_000, maxOutputBytes: 1e9 };

async function list(host, folder) {
  let names = 0;
  for await (const part of host.list(folder, given.signal)) {
    names += part.length;
  }
  if (names !== NAMES) {
    throw new Error(`${names} names came, not ${NAMES}`);
  }
}

/** Runs each case once a turn, so that whatever else the machine does meets all of them. */
async function turns(cases) {
  const found = Object.fromEntries(Object.keys(cases).map(name => [name, []]));
  for (let turn = 0; turn <= TURNS; turn++) {
    for (const [name, measure] of Object.entries(cases)) {
      const value = await measure();
      if (turn > 0) {
        found[name].push(value); // the first one warms up
      }
    }
  }
  return Object.fromEntries(Object.entries(found).map(([name, all]) => [name, median(all)]));
}

const map = (object, change) =>
  Object.fromEntries(Object.entries(object).map(([name, value]) => [name, change(value, name)]));

async function main() {
  const bed = readBed();
  const source = Number(
    await firstLine(start(process.execPath, join(import.meta.dirname, 'source.mjs')))
  );
  const proxy = [
    resolve('testbed/tcp-proxy'),
    '--child',
    '--delay',
    '50',
    `localhost:${bed.aPort}`
  ];
  const link = JSON.parse(await firstLine(start('python3', ...proxy)));
  const config = writeConfig(bed, link.port);
  const open = await openers(config);

  const folder = mkdtempSync(join(tmpdir(), 'bench-ssh-'));
  const socket = join(folder, 'l');
  const forward = ['-N', '-L', `${socket}:127.0.0.1:${source}`, 'hep-a'];
  start('ssh', '-F', config, ...forward);
  const control = join(folder, 'm');
  start('ssh', '-F', config, '-M', '-S', control, '-N', 'slow');
  while (![socket, control].every(existsSync)) {
    await sleep(50);
  }

  const opened = await turns(
    map(open, one => () => timed(async () => (await one('hep-a')).close()))
  );
  const near = {};
  const far = {};
  for (const [client, one] of Object.entries(open)) {
    near[client] = await one('hep-a');
    far[client] = await one('slow');
  }
  const streams = {
    direct: async () => connect(source, '127.0.0.1'),
    'ssh -L': async () => connect(socket),
    ...map(near, host => () => host.connect({ host: '127.0.0.1', port: source }))
  };
  const speeds = await turns(map(streams, one => () => throughput(one)));
  const requests = await turns(map(streams, one => () => latency(one)));
  const nothing = host => host.run(['true'], given);
  const commands = await turns(map(near, host => () => timed(() => nothing(host))));
  const tens = await turns(
    map(
      near,
      host => () => timed(() => Promise.all(Array.from({ length: 10 }, () => nothing(host))))
    )
  );
  const names = join(folder, 'names');
  execFileSync('sh', [
    '-c',
    'chmod 755 "$1" && mkdir "$1/names" && cd "$1/names" && seq -f "file-%06g.root" "$2" | xargs touch',
    'sh',
    folder,
    String(NAMES)
  ]);
  const find = ['-S', control, 'slow', 'find', names, '-mindepth', '1', '-printf', "'%y%f\\0'"];
  const listings = await turns({
    ssh: () => timed(() => execFileSync('ssh', find, { maxBuffer: 1e9 })),
    ...map(far, host => () => timed(() => list(host, names)))
  });

  await Promise.all([...Object.values(near), ...Object.values(far)].map(host => host.close()));
  rmSync(folder, { recursive: true });
  return { opened, speeds, requests, commands, tens, listings };
}

const fixed = (value, digits) => (value === undefined ? '' : value.toFixed(digits));

function table(head, rows) {
  const widths = head.map((_, i) => Math.max(...[head, ...rows].map(row => row[i].length)));
  const line = row =>
    `| ${row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join(' | ')} |`;
  const rule = widths.map((width, i) =>
    i === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`
  );
  return [line(head), `| ${rule.join(' | ')} |`, ...rows.map(line)].join('\n');
}

function report({ opened, speeds, requests, commands, tens, listings }) {
  const words = { openssh: 'OpenSSH host', ssh2: 'ssh2 host', direct: 'direct' };
  const name = key => words[key] ?? `\`${key}\``;
  const streams = Object.keys(speeds).map(key => [
    ...[name(key), fixed(speeds[key], 0), fixed(speeds[key] / speeds['ssh -L'], 2)],
    ...[fixed(BUDGETS[key], 1), fixed(requests[key], 2)]
  ]);
  const hosts = Object.keys(listings).map(key => [
    ...[key === 'ssh' ? '`ssh` through a master' : name(key), fixed(opened[key], 0)],
    ...[fixed(commands[key], 1), fixed(tens[key], 0), fixed(listings[key] / 1000, 2)]
  ]);
  return [
    `${MIB} MiB and ${REQUESTS} requests of 100 bytes on a stream, median of ${TURNS} turns, ` +
      `${cpus().length} cores, ${type()} ${release()}:`,
    table(['stream', 'MiB/s', 'of `ssh -L`', 'budget', 'request, ms'], streams),
    `Log in with a key and out again; a command that does nothing, and ten at once; the names of a folder of\n` +
      `${NAMES.toLocaleString('en')} through a link with a round trip of 100 ms:`,
    table(['host', 'open, ms', 'command, ms', 'ten, ms', 'listing, s'], hosts)
  ].join('\n\n');
}

try {
  const text = report(await main());
  console.log(text);
  if (options.write) {
    const page = readFileSync(PAGE, 'utf8');
    const [begin, end] = MARKS.map(mark => page.indexOf(mark));
    const before = page.slice(0, begin + MARKS[0].length);
    writeFileSync(PAGE, `${before}\n\n${text}\n\n${page.slice(end)}`);
  }
} finally {
  children.forEach(child => child.kill());
}
