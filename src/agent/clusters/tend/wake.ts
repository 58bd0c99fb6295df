/** A wait that somebody may end early; a call that comes before the wait is not lost. */
export class Wake {
  /** Ends the wait, or the next one. */
  call(): void {
    this._isCalled = true;
    this._end();
  }

  /** Resolves after so many milliseconds, or when called, which it then says. */
  async wait(ms: number): Promise<boolean> {
    if (!this._isCalled) {
      await new Promise<void>(resolve => {
        const timer = setTimeout(resolve, ms);
        this._end = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      this._end = () => undefined;
    }
    const wasCalled = this._isCalled;
    this._isCalled = false;
    return wasCalled;
  }

  private _isCalled = false;
  private _end: () => void = () => undefined;
}
