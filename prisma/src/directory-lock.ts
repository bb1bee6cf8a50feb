import { mkdir, rm } from 'node:fs/promises';
import net from 'node:net';
import path from 'node:path';
import { DatabaseError, systemCode } from './database-error.ts';
import { socketDirectory } from './socket-path.ts';

export interface DirectoryLock {
  release(): Promise<void>;
}

const socketName = 'owner.sock';

/**
 * Makes `directory` and takes it for this process. The lock is a listening socket: the system closes it with the
 * process, however that ends, so no stale lock has to be guessed from process ids.
 */
export async function lockDirectory(directory: string): Promise<DirectoryLock> {
  const socketPath = await prepare(directory);
  let server = await listen(socketPath);
  if (server === undefined) {
    const owner = await askOwner(socketPath);
    if (owner !== undefined)
      throw new DatabaseError(
        'in_use',
        `The data directory ${directory} is in use by another Tulle server (process ${owner}); stop it or give this one a directory of its own with --data-dir.`,
      );
    // Nobody answers: the owner was killed and left its socket behind.
    await rm(socketPath, { force: true });
    server = await listen(socketPath);
  }
  if (server === undefined)
    throw new DatabaseError('in_use', `Another Tulle server is starting on the data directory ${directory}.`);
  const held = server;
  return { release: () => new Promise((resolve) => held.close(() => resolve())) };
}

async function prepare(directory: string): Promise<string> {
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    return path.join(await socketDirectory(directory, socketName), socketName);
  } catch (error) {
    throw unwritable(directory, error);
  }
}

function listen(socketPath: string): Promise<net.Server | undefined> {
  const server = net.createServer((socket) => {
    socket.on('error', () => socket.destroy());
    socket.end(`${process.pid}\n`);
  });
  // The lock alone keeps no process alive.
  server.unref();
  return new Promise((resolve, reject) => {
    server.once('error', (error) => {
      if (systemCode(error) === 'EADDRINUSE') resolve(undefined);
      else reject(unwritable(path.dirname(socketPath), error));
    });
    server.listen(socketPath, () => resolve(server));
  });
}

/** The process id that the owner of the socket tells, or undefined when nobody listens. */
function askOwner(socketPath: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = net.connect(socketPath);
    let answer = '';
    socket.setEncoding('utf8');
    // A stopped owner (SIGSTOP) accepts through the kernel's backlog but does not answer: still an owner.
    socket.setTimeout(1000, () => socket.destroy());
    socket.on('data', (chunk) => {
      answer += chunk;
    });
    let connected = false;
    socket.on('connect', () => {
      connected = true;
    });
    socket.on('error', () => socket.destroy());
    socket.on('close', () => resolve(connected ? answer.trim() || 'unknown' : undefined));
  });
}

function unwritable(directory: string, cause: unknown): DatabaseError {
  return new DatabaseError(
    'unwritable',
    `The data directory ${directory} cannot be written (${systemCode(cause)}); give it to this user or choose another with --data-dir.`,
    { cause },
  );
}
