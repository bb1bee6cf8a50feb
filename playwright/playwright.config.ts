import path from 'node:path';
import { defineConfig } from '@playwright/test';
import { chromium } from './chromium.ts';
import { baseUrl } from './start-demo.ts';

// All look at one running demo: those that change it one after the other, the others beside each other.
const beside = /(lost-server|sign-in)\.spec\.ts$/;

export default defineConfig({
  testDir: '.',
  outputDir: 'results',
  // Most of them wait for a server or for the next figures more than they compute.
  workers: 2,
  projects: [
    // First, as it takes longest: one at a time.
    { name: 'alone', grep: /@alone/, workers: 1, teardown: 'together' },
    // What needs no demo, or little of it, fills the time of those that change it.
    { name: 'beside', testMatch: beside, fullyParallel: true },
    // Not a dependency: all of it runs whatever failed before; `--no-deps` leaves it out of a run of some files.
    { name: 'together', grepInvert: /@alone/, testIgnore: beside, fullyParallel: true },
  ],
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
    // Recording a trace takes as much again as the test: where one is wanted, `--trace retain-on-failure` makes it.
    screenshot: 'only-on-failure',
    launchOptions: await chromium(),
  },
});
