import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';

const channelFd = 3;
const ticks = 500;
const program = `
  import { tellParentRegularly } from '${new URL('./parent-channel.ts', import.meta.url)}';
  const message = 'x'.repeat(64 * 1024);
  let told = 0;
  tellParentRegularly(() => {
    told++;
    return message;
  }, 1);
  let ticks = 0;
  setInterval(() => ++ticks % ${ticks} === 0 && process.stdout.write(told + '\\n'), 1);
`;

async function toldAfterTicks({ stdout }: ChildProcess): Promise<number> {
  return Number(await once(stdout as Socket, 'data'));
}

test('a parent that takes nothing is told little, and more once it takes it', async () => {
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    env: { ...process.env, NODE_CHANNEL_FD: String(channelFd) },
    stdio: ['ignore', 'pipe', 'inherit', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const channel = child.stdio[channelFd] as Socket;
  const told = await toldAfterTicks(child);
  expect(told).toBeLessThan(ticks / 5);
  channel.resume();
  await expect.poll(() => toldAfterTicks(child)).toBeGreaterThan(ticks / 5);
});
