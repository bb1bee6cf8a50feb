/**
 * `open-loop-client.ts <port> <rate> <seconds>`: requests at a fixed rate, whether the earlier ones are answered or not.
 * A latency counts from the moment a request was due, so that a stall is felt by every request that fell into it
 * (coordinated omission). Prints percentiles in milliseconds as JSON.
 */
import { connect, type Socket } from 'node:net';

const CONNECTIONS = 32;
const [port, rate, seconds] = process.argv.slice(2).map(Number) as [number, number, number];
const request = 'GET / HTTP/1.1\r\nHost: web\r\n\r\n';
const periodMs = 1_000 / rate;
const total = rate * seconds;
const latencies = new Float64Array(total);
const idle: Socket[] = [];
const waiting: number[] = [];
let answered = 0;

function take(socket: Socket, dueAtMs: number): void {
  dueBySocket.set(socket, dueAtMs);
  socket.write(request);
}
const dueBySocket = new Map<Socket, number>();

function onAnswer(socket: Socket): void {
  latencies[answered++] = performance.now() - (dueBySocket.get(socket) ?? 0);
  if (answered === total) conclude();
  const next = waiting.shift();
  if (next === undefined) idle.push(socket);
  else take(socket, next);
}

/** Whether an answer that starts at 0 is complete; proxies write heads of changing length. */
function isComplete(text: string): boolean {
  const end = text.indexOf('\r\n\r\n');
  if (end < 0) return false;
  const body = Number(/content-length: (\d+)/i.exec(text)?.[1]);
  if (!text.startsWith('HTTP/1.1 200') || text.length > end + 4 + body)
    throw new Error(`unexpected answer:\n${text}`);
  return text.length === end + 4 + body;
}

function open(ready: () => void): void {
  const socket = connect(port, '127.0.0.1', () => socket.write(request));
  socket.setNoDelay(true);
  socket.setEncoding('latin1');
  let text = '';
  let isWarm = false;
  socket.on('data', (more: string) => {
    text += more;
    if (!isComplete(text)) return;
    text = '';
    if (isWarm) {
      onAnswer(socket);
      return;
    }
    isWarm = true;
    idle.push(socket);
    ready();
  });
  socket.on('close', () => {
    if (answered < total) throw new Error(`a connection ended after ${answered} answers`);
  });
}

function conclude(): void {
  latencies.sort();
  const at = (share: number) => latencies[Math.min(total - 1, Math.floor(total * share))];
  console.log(JSON.stringify({ p50: at(0.5), p99: at(0.99), p999: at(0.999), max: at(1) }));
  process.exit();
}

/** Looks at the clock on every turn: timers are late by up to a millisecond, which is what is to be measured. */
function run(startMs: number, sent: number): void {
  const now = performance.now();
  let count = sent;
  for (; count < total && startMs + count * periodMs <= now; count++) {
    const due = startMs + count * periodMs;
    const socket = idle.pop();
    if (socket === undefined) waiting.push(due);
    else take(socket, due);
  }
  if (answered < total) setImmediate(run, startMs, count);
}

let ready = 0;
for (let index = 0; index < CONNECTIONS; index++) {
  open(() => {
    if (++ready === CONNECTIONS) run(performance.now(), 0);
  });
}
