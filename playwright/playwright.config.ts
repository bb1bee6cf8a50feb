import path from 'node:path';
import { defineConfig } from '@playwright/test';
import { chromium } from './chromium.ts';
import { baseUrl } from './start-demo.ts';

// One browser against one running demo: the journeys change the same mesh, so they run one after the other.
export default defineConfig({
  testDir: '.',
  outputDir: 'results',
  workers: 1,
  fullyParallel: false,
  forbidOnly: process.env.CI !== undefined,
  retries: 0,
  // What is waited for comes in seconds; on two busy cores it may take minutes, and passes all the same.
  timeout: 600_000,
  expect: { timeout: 120_000 },
  reporter: process.env.PLAYWRIGHT_JSON_OUTPUT_FILE === undefined ? [['list']] : [['list'], ['json']],
  globalSetup: './start-demo.ts',
  use: {
    baseURL: baseUrl,
    storageState: path.join(import.meta.dirname, 'results/session.json'),
    viewport: { width: 1440, height: 900 },
    locale: 'en-GB',
    trace: 'retain-on-failure',
    launchOptions: await chromium(),
  },
});
