import { createConnection } from 'node:net';

/**
 * Whether a master answers at its socket. It greets whoever connects, so no process of ssh is needed
 * to ask. Source: PROTOCOL.mux of OpenSSH, section 1.
 */
export function isAlive(control: string, timeoutMs: number): Promise<boolean> {
  return new Promise(resolve => {
    const socket = createConnection(control);
    const end = (isThere: boolean) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(isThere);
    };
    const timer = setTimeout(() => end(false), timeoutMs);
    socket.once('data', () => end(true));
    socket.once('error', () => end(false));
    socket.once('close', () => end(false));
  });
}
