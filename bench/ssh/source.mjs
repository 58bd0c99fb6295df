/**
 * The other end of a stream, in a process of its own: asked with `S` and a number it sends so many
 * MiB, asked with `P` it says back what it is told. Prints its port.
 */
import { createServer } from 'node:net';
import { Readable } from 'node:stream';

const BLOCK = Buffer.alloc(1024 * 1024);

function* blocks(count) {
  for (let i = 0; i < count; i++) {
    yield BLOCK;
  }
}

const server = createServer({ noDelay: true, allowHalfOpen: true }, socket => {
  socket.on('error', () => undefined);
  socket.once('data', asked => {
    if (asked[0] === 'S'.charCodeAt(0)) {
      Readable.from(blocks(Number(asked.toString('latin1', 1)))).pipe(socket);
    } else {
      socket.on('data', said => socket.write(said));
      socket.write(asked);
    }
  });
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
process.stdin.on('end', () => process.exit()).resume();
