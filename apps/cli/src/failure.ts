import { UsageError } from '@tulle/agent/lifecycle/options';
import { MeshError } from '@tulle/mesh/errors';
import { DatabaseError } from '@tulle/prisma/database-error';

/** An expected failure of a command: `message` is one sentence for the person who typed it. */
export class CommandFailure extends Error {
  override readonly name = 'CommandFailure';
}

const expected = [CommandFailure, UsageError, MeshError, DatabaseError];

/** Says why on standard error, with a stack only for what nobody expected, and sets the exit code to 1. */
export function report(error: unknown): void {
  process.exitCode = 1;
  process.stderr.write(`${sentenceOf(error)}\n`);
}

function sentenceOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (expected.some((type) => error instanceof type)) return error.message;
  return systemSentence(error) ?? error.stack ?? error.message;
}

interface SystemError extends Error {
  readonly code: string;
  readonly port?: number;
  readonly address?: string;
}

function systemSentence(error: Error): string | undefined {
  if (!('code' in error)) return undefined;
  const { code, port, address } = error as SystemError;
  if (code === 'EADDRINUSE')
    return `Port ${port} on ${address} is taken by another program; stop it or choose another port (tulle server --help lists the flags).`;
  if (code === 'EACCES' && port !== undefined)
    return `Port ${port} on ${address} may not be opened by this user; choose one above 1023.`;
  if (code === 'EADDRNOTAVAIL') return `This machine has no address ${address}; choose another host.`;
  return undefined;
}
