/** How the info pages look: theirs is the style sheet of another site, which is not asked. */
export const INFO_STYLE = `
:root { color-scheme: light dark; }
body { margin: 1rem; font: 14px/1.45 system-ui, sans-serif; }
h1, h2, h3 { margin: 1rem 0 0.5rem; line-height: 1.2; }
.title { font-size: 1.3rem; }
.subtitle { font-size: 1.1rem; }
a { color: #0b6bcb; }
table { border-collapse: collapse; margin: 0.5rem 0; }
th, td { padding: 0.25rem 0.6rem; text-align: left; border-bottom: 1px solid #8886; }
tbody tr:nth-child(even) { background: #8881; }
th { white-space: nowrap; }
.button { display: inline-block; margin: 0 0.25rem 0.25rem 0; padding: 0.25rem 0.75rem;
  border: 1px solid #8888; border-radius: 3px; text-decoration: none; }
.box { margin: 0.75rem 0; padding: 0.75rem; border: 1px solid #8886; border-radius: 3px; }
.columns { display: flex; flex-wrap: wrap; gap: 1rem; }
.column { flex: 1 1 20rem; }
progress { width: 6rem; }
code, pre { font-family: ui-monospace, monospace; font-size: 13px; }
pre { overflow: auto; }
@media (prefers-color-scheme: dark) { a { color: #6db3f2; } }
`;
