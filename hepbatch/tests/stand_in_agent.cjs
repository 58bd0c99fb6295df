/**
 * Speaks the start protocol of the agent, and misbehaves on request: for tests of the relay that
 * the real agent, being well behaved, cannot serve.
 */
const { createServer } = require('node:http');
const { join } = require('node:path');

const socket = join(process.env.XDG_RUNTIME_DIR, 'hepbatch', 'agent-2.sock');
const seen = { streams: 0, sent: 0, posts: 0 };
const json = (response, value) => {
  response.writeHead(200, { 'Content-Type': 'application/json', 'Set-Cookie': 'a=b' });
  response.end(JSON.stringify(value));
};
const routes = {
  '/agent': (_, response) =>
    json(response, {
      name: 'hepbatch',
      contract: Number(process.env.STAND_IN_CONTRACT ?? 2),
      pid: process.pid,
      environment: Object.keys(process.env)
    }),
  '/seen': (_, response) => json(response, seen),
  '/echo': (request, response) => {
    const parts = [];
    request.on('data', part => parts.push(part));
    request.on('end', () => {
      const { url, method, headers } = request;
      json(response, { url, method, headers, body: Buffer.concat(parts).toString() });
    });
  },
  '/failure': (_, response) => {
    response.writeHead(409, { 'Content-Type': 'application/json' });
    response.end('{"code":"conflict","message":"no","data":{"next":"look"}}');
  },
  '/events': (_, response) => {
    seen.streams += 1;
    response.on('close', () => (seen.streams -= 1));
    response.writeHead(200, { 'Content-Type': 'text/event-stream' });
    response.write('data: {"first":true}\n\n');
  },
  '/silent': (_, response) => {
    response.writeHead(200, { 'Content-Type': 'text/event-stream' });
    response.flushHeaders();
  },
  '/big': (_, response) => {
    const piece = Buffer.alloc(1 << 20, 'x');
    let left = 300;
    const more = () => {
      while (left > 0) {
        left -= 1;
        seen.sent += piece.length;
        if (!response.write(piece)) {
          response.once('drain', more);
          return;
        }
      }
      response.end();
    };
    response.writeHead(200, { 'Content-Type': 'application/octet-stream' });
    more();
  },
  '/half': (_, response) => {
    response.writeHead(200, { 'Content-Type': 'application/json' });
    response.write('{"half":');
    setTimeout(() => response.destroy(), 50);
  },
  '/drop': (request, response) => {
    seen.posts += request.method === 'POST' ? 1 : 0;
    response.destroy();
  },
  '/once': (request, response) => {
    seen.posts += 1;
    seen.posts === 1 ? response.destroy() : json(response, { tries: seen.posts });
  }
};

if (process.env.STAND_IN_FAULT === 'failure') {
  console.error('(node) Warning: something');
  console.error('{"code":"denied","message":"not yours","data":{"next":"ask the owner"}}');
  process.exit(2);
} else if (process.env.STAND_IN_FAULT === 'crash') {
  throw new Error('broken on purpose');
} else if (process.env.STAND_IN_FAULT === 'mute') {
  setTimeout(() => {}, 60000);
} else {
  require('node:fs').mkdirSync(join(socket, '..'), { recursive: true, mode: 0o700 });
  require('node:fs').rmSync(socket, { force: true });
  const server = createServer((request, response) => {
    const route = routes[request.url.split('?')[0]];
    if (route === undefined) {
      response.writeHead(404).end('{}');
    } else {
      route(request, response);
    }
  });
  server.listen(socket, () => {
    console.log(JSON.stringify({ ready: true, socket, pid: process.pid }));
  });
  setTimeout(() => process.exit(0), 120000).unref();
}
