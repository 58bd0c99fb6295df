/** What JupyterLab expects of a browser and jsdom does not have. */
class ResizeObserverStandIn {
  observe(): void {
    // nothing is ever laid out here
  }

  unobserve(): void {
    // as above
  }

  disconnect(): void {
    // as above
  }
}

// Tests of models run without a browser, and need none of this.
if (typeof MouseEvent !== 'undefined') {
  Object.assign(globalThis, {
    DragEvent: class extends MouseEvent {},
    ResizeObserver: ResizeObserverStandIn,
    matchMedia: (media: string) => ({
      media,
      matches: false,
      addListener: () => undefined,
      removeListener: () => undefined,
      addEventListener: () => undefined,
      removeEventListener: () => undefined
    }),
    requestIdleCallback: (run: () => void) => setTimeout(run, 0),
    cancelIdleCallback: (id: number) => clearTimeout(id)
  });
  // In Chromium it returns a promise, which an effect of React must not.
  Object.assign(Element.prototype, { scrollIntoView: () => Promise.resolve() });
  // Where nothing is laid out, views that draw what fits need a height all the same.
  Object.defineProperty(HTMLElement.prototype, 'clientHeight', { get: () => 400 });
}
