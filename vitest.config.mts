import { defineConfig } from 'vitest/config';

/** Two projects: what runs in Node, and what runs in a browser (jsdom stands in for it). */
export default defineConfig({
  test: {
    maxWorkers: 2,
    projects: [
      {
        test: {
          name: 'node',
          include: ['src/{contract,agent,cli}/**/__tests__/*.spec.ts'],
          testTimeout: 30000
        }
      },
      {
        test: {
          name: 'browser',
          environment: 'jsdom',
          include: ['src/{lab,widgets}/**/__tests__/*.spec.{ts,tsx}'],
          setupFiles: ['src/lab/__tests__/setup.ts'],
          server: { deps: { inline: [/@jupyter/, /@lumino/, /@microsoft/] } },
          testTimeout: 60000
        }
      }
    ]
  }
});
