import { request } from 'node:http';
import { agentOptionsSchema } from '@tulle/agent/agent-command';
import { readOptions } from '@tulle/agent/lifecycle/options';
import type { Command } from 'commander';
import * as z from 'zod/mini';
import { CommandFailure } from '../failure.ts';
import { addSchemaOptions } from '../schema-options.ts';

const restartOptionsSchema = z.pick(agentOptionsSchema, { adminPort: true });

/** A successor has 30 s to be ready, and each of several workers as well. */
const patienceMs = 600_000;

export function defineRestart(command: Command): void {
  addSchemaOptions(command, restartOptionsSchema)
    .description('Have the agent of this machine replaced by a new process, without a lost request.')
    .action(async (flags: Record<string, unknown>) => {
      const { adminPort } = readOptions(restartOptionsSchema, flags, process.env);
      process.stdout.write(`${await restartAgent(adminPort)}\n`);
    });
}

/** Resolves with what has happened, as a sentence. */
export async function restartAgent(adminPort: number): Promise<string> {
  const { status, body } = await post(adminPort, '/restart').catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CommandFailure(
      `No agent answers on port ${adminPort} of this machine (${reason}): say with --admin-port where its admin port is.`,
    );
  });
  const { pid, error } = answerOf(body);
  if (status !== 200)
    throw new CommandFailure(`The agent continues as it was: ${error ?? `status ${status}`}`);
  return `Process ${pid} serves now.`;
}

function answerOf(body: string): { pid?: unknown; error?: unknown } {
  try {
    return JSON.parse(body);
  } catch {
    return { error: body };
  }
}

function post(port: number, path: string): Promise<{ status: number | undefined; body: string }> {
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port, path, method: 'POST', timeout: patienceMs, agent: false };
    const sent = request(options, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (text: string) => {
        body += text;
      });
      response.on('error', reject);
      response.on('end', () => resolve({ status: response.statusCode, body }));
    });
    sent.on('timeout', () => sent.destroy(new Error('no answer came')));
    sent.on('error', reject);
    sent.end();
  });
}
