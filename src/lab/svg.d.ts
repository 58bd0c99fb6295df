declare module '*.svg' {
  /** Source text of the drawing. */
  const svg: string;
  export default svg;
}
