import type { Measurements } from '../record/measurements.ts';
import type { AgentStatus } from './agent-status.ts';

/** What an agent shows of itself. Nothing of it holds a secret. */
export interface VisibleState {
  status(): AgentStatus;
  /** Resources in force as JSON text, by name. */
  configTexts(): Record<string, string>;
  /** Once they are there, the status is of that moment as well. */
  measurements(): Measurements | Promise<Measurements>;
}

/** Where the admin port gets what it shows, and what it can have done. */
export interface AdminSource extends VisibleState {
  /** Writes a diagnostic bundle and resolves with its path. */
  writeBundle(): Promise<string>;
  /**
   * Gives way to a new process, and resolves with the id of the one that serves from then on; rejects with the reason
   * when nothing has changed. Undefined where somebody else restarts the agent.
   */
  readonly restart: (() => Promise<number>) | undefined;
}
