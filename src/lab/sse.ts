/** One message of a stream of server-sent events; `data` is null where it only names a position. */
export interface IServerSentEvent {
  readonly id: string | null;
  readonly data: string | null;
}

/** Takes a stream of server-sent events apart, however its text is cut into pieces. */
export class SseParser {
  /** Takes the next piece; returns the messages that it completes. */
  push(piece: string): IServerSentEvent[] {
    const lines = (this._rest + piece).split('\n');
    this._rest = lines.pop() ?? '';
    const done: IServerSentEvent[] = [];
    for (const line of lines) {
      this._take(line.endsWith('\r') ? line.slice(0, -1) : line, done);
    }
    return done;
  }

  private _take(line: string, done: IServerSentEvent[]): void {
    if (line === '') {
      if (this._id !== null || this._data !== null) {
        done.push({ id: this._id, data: this._data?.join('\n') ?? null });
      }
      this._id = null;
      this._data = null;
      return;
    }
    const colon = line.indexOf(':');
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (field === 'id') {
      this._id = value;
    } else if (field === 'data') {
      this._data = [...(this._data ?? []), value];
    }
  }

  private _rest = '';
  private _id: string | null = null;
  private _data: string[] | null = null;
}
