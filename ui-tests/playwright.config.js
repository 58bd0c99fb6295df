/** Galata against a real JupyterLab with the real agent, in the Chromium of the system. */
const { mkdtempSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');
const base = require('@jupyterlab/galata/lib/playwright-config');

// The workers of Playwright read this file again: the folder is made by the first.
const home = (process.env.HEPBATCH_UI_HOME ??= mkdtempSync(join(tmpdir(), 'hbui-')));
const PORT = Number(process.env.HEPBATCH_UI_PORT ?? 18723);

/** A JupyterLab with folders of its own below `home/<name>`. */
function lab(name, port, env) {
  const own = join(home, name);
  return {
    command: `bash start-lab.sh ${own} ${port}`,
    url: `http://127.0.0.1:${port}/lab`,
    timeout: 120_000,
    reuseExistingServer: false,
    gracefulShutdown: { signal: 'SIGTERM', timeout: 15_000 },
    env: { ...process.env, ...env }
  };
}

module.exports = {
  ...base,
  testDir: 'tests',
  timeout: 60_000,
  // How long a person's page may take on a machine that has much else to do.
  expect: { ...base.expect, timeout: 15_000 },
  workers: 1,
  retries: 0,
  webServer: [
    lab('lab', PORT, {}),
    // Where there is no Node: the extension loads all the same.
    lab('bare', PORT + 1, { HEPBATCH_NODE: '/nowhere/node' })
  ],
  use: {
    ...base.use,
    baseURL: `http://127.0.0.1:${PORT}`,
    viewport: { width: 1280, height: 800 },
    video: 'off',
    trace: 'off',
    screenshot: 'only-on-failure',
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-dev-shm-usage',
        '--disable-background-networking'
      ]
    }
  }
};
