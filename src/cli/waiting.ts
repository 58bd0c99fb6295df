/** Something that comes later, from elsewhere. */
export class Waiting<T> {
  constructor() {
    this.promise = new Promise<T>((resolve, reject) => {
      this._resolve = resolve;
      this._reject = reject;
    });
    this.promise.catch(() => undefined); // it may fail before anybody waits
  }

  /** Settled by the first of the two below. */
  readonly promise: Promise<T>;

  /** It came. */
  resolve(value: T): void {
    this._resolve(value);
  }

  /** It will not come. */
  reject(error: unknown): void {
    this._reject(error);
  }

  private _resolve: (value: T) => void = () => undefined;
  private _reject: (error: unknown) => void = () => undefined;
}
