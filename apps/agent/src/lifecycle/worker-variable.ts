/** Variable that tells a process that it is a worker of a supervisor, and which. */
export const workerVariable = 'TULLE_WORKER';
