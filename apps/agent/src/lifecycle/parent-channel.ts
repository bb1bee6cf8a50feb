/** Resolves when it was sent, with false when nobody is there to hear it. */
export function tellParent(message: string | object): Promise<boolean> {
  return new Promise((resolve) => {
    if (process.send === undefined || !process.connected) resolve(false);
    else process.send(message, undefined, undefined, (error) => resolve(error === null));
  });
}

/** A parent that takes nothing, as one that is stopped, is sent nothing more: it would all wait here. */
export function tellParentRegularly(messageNow: () => string | object, everyMs: number): NodeJS.Timeout {
  let isTaken = true;
  return setInterval(async () => {
    if (!isTaken) return;
    isTaken = false;
    await tellParent(messageNow());
    isTaken = true;
  }, everyMs);
}
