import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { IPassage } from '../../feature';
import type { Entry } from './entry';
import { passBody } from './body';
import { INFO_STYLE_PATH } from './info-page';
import { INFO_STYLE } from './info-style';
import { notShownNotice } from './notice';
import type { INotice } from './notice';
import { parseRest } from './rest';
import { Tunnels, refuseUpgrade } from './tunnels';

/**
 * Before the addresses of dashboards on the agent's socket. No path of the contract begins with a
 * dot, so the relay of the contract, whose answers JupyterLab trusts, can never be led here.
 */
const PREFIX = '/.dash/';

/** A ticket that leads nowhere; unlike `not found` in a dashboard, it will never lead anywhere. */
const GONE = 410;

/** Passes on what frames ask of dashboards: `/.dash/<ticket>/<path of the dashboard>`. */
export class Passage implements IPassage {
  constructor(private readonly _find: (ticket: string) => Entry | null) {}

  readonly prefix = PREFIX;

  /** True while a page is open that is kept up to date. */
  get busy(): boolean {
    return this._tunnels.count > 0;
  }

  request(request: IncomingMessage, response: ServerResponse): void {
    const { entry, rest, path } = this._read(request);
    if (entry === null) {
      answer(response, { status: GONE, html: '' });
    } else if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.setHeader('Allow', 'GET, HEAD');
      answer(response, { status: 405, html: '' });
    } else if (rest === null) {
      answer(response, notShownNotice(path));
    } else if (rest.path === INFO_STYLE_PATH) {
      response.writeHead(200, { 'content-type': 'text/css; charset=utf-8' }).end(INFO_STYLE);
    } else {
      void passBody(entry, request, rest, response).then(notice => {
        if (notice !== null) {
          answer(response, notice);
        }
      });
    }
  }

  upgrade(request: IncomingMessage, client: Duplex, head: Buffer): void {
    const { entry, rest } = this._read(request);
    if (entry === null || rest === null) {
      refuseUpgrade(client, entry === null ? GONE : 404);
    } else {
      void this._tunnels.open(entry, request, rest, client, head);
    }
  }

  /** Ends all that is open. */
  dispose(): void {
    this._tunnels.dispose();
  }

  private _read({ url = '' }: IncomingMessage) {
    const [, ticket = '', path = ''] = /^\/\.dash\/([^/?]*)\/(.*)$/s.exec(url) ?? [];
    return { entry: this._find(ticket), rest: parseRest(path), path };
  }

  private readonly _tunnels = new Tunnels();
}

function answer(response: ServerResponse, { status, html }: INotice): void {
  if (!response.headersSent && !response.destroyed) {
    response.writeHead(status, { 'content-type': 'text/html; charset=utf-8' }).end(html);
  }
}
