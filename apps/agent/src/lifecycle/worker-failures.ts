import * as z from 'zod/mini';

const workerFailuresSchema = z.object({ ended: z.int(), hung: z.int() });
/** How often a worker ended unasked, and how often one was killed because it did not answer. */
export type WorkerFailures = z.infer<typeof workerFailuresSchema>;

/** Of the workers of this process; in a worker with an admin port of its own, of those that were there in its place. */
export const workerFailures: WorkerFailures = { ended: 0, hung: 0 };

/** Variable that tells a process that it is a worker, and of those before it. */
const workerVariable = 'TULLE_WORKER';

export function environmentOfWorker(former: WorkerFailures): Record<string, string> {
  return { [workerVariable]: JSON.stringify(former) };
}

/** Whether this process is a worker. Takes the variable away: it is not for processes this one starts. */
export function becomeWorker(environment: NodeJS.ProcessEnv): boolean {
  const text = environment[workerVariable];
  delete environment[workerVariable];
  if (text === undefined) return false;
  Object.assign(workerFailures, workerFailuresSchema.parse(JSON.parse(text)));
  return true;
}
