import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { expect, it } from 'vitest';
import { MuxStream } from '../mux-stream';

function made(lost: Error | null = null) {
  const [readable, writable] = [new PassThrough(), new PassThrough()];
  let isDestroyed = false;
  const destroy = () => (isDestroyed = true);
  const stream = new MuxStream({ readable, writable, destroy }, () => Promise.resolve(lost));
  return { readable, writable, stream, isDestroyed: () => isDestroyed };
}

it('ends where the other side has ended, and can still be written to', async () => {
  const { readable, writable, stream } = made();
  readable.end('all');
  let said = '';
  stream.on('data', chunk => (said += String(chunk)));
  await once(stream, 'end');
  expect([said, stream.writableEnded]).toEqual(['all', false]);
  const written = buffer(writable);
  stream.end('more');
  expect((await written).toString()).toBe('more');
});

it('does not end but fail where the line is lost', async () => {
  const { readable, stream, isDestroyed } = made(new Error('lost'));
  readable.end('half');
  await expect(buffer(stream)).rejects.toThrow('lost');
  expect(isDestroyed()).toBe(true);
});

it('fails where a direction is torn', async () => {
  const { readable, stream } = made();
  readable.write('half');
  readable.destroy();
  await expect(buffer(stream)).rejects.toThrow('the stream was closed');
});

it('holds back what nobody reads', () => {
  const { readable, stream } = made();
  stream.pause();
  let isTaken = true;
  for (let chunks = 0; isTaken && chunks < 100; chunks++) {
    isTaken = readable.write(Buffer.alloc(64 * 1024));
  }
  expect(isTaken).toBe(false);
});

it('gives both directions up when it is destroyed', () => {
  const { stream, isDestroyed } = made();
  stream.destroy();
  expect(isDestroyed()).toBe(true);
});
