import type { Measurements } from '../record/measurements.ts';
import type { AgentStatus } from './agent-status.ts';

/** Where the admin port gets what it shows. Nothing of it holds a secret. */
export interface AdminSource {
  status(): AgentStatus;
  /** Resources in force as JSON text, by name. */
  configTexts(): Record<string, string>;
  measurements(): Measurements;
  /** Writes a diagnostic bundle and resolves with its path. */
  writeBundle(): Promise<string>;
}
