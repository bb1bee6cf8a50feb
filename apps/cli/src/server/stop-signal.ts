/** Aborted when the person or the system asks this process to end. Asking twice changes nothing. */
export function stopSignal(): AbortSignal {
  const controller = new AbortController();
  // npm and the terminal may both pass a Ctrl-C on, so each stays handled until the end.
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => controller.abort(name));
  return controller.signal;
}

export function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
