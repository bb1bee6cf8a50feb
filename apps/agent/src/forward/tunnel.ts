/** What a request became that was answered with a connection: both sides may send, and each ends on its own. */
export class Tunnel {
  /** How long it took to open: the life of a tunnel is no latency. */
  readonly openMs: number;
  callerEnded = false;
  answerEnded = false;

  constructor(openMs: number) {
    this.openMs = openMs;
  }
}
