/** At the ends of an axis, and of the changes between them. */
export const timeOfDay = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });

/** Three gridlines people can read: zero, a half and a round top that holds every value. */
export function axisTicks(values: readonly (number | null)[], fixedTop?: number): [number, number, number] {
  const top = fixedTop ?? roundUp(Math.max(0, ...values.filter((value) => value !== null)));
  return [0, top / 2, top];
}

/** The next of 1, 2, 4, 5 or 8 times a power of ten, whose half is round too. */
export function roundUp(value: number): number {
  if (!(value > 0) || !Number.isFinite(value)) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  const step = [1, 2, 4, 5, 8, 10].find((each) => each * power >= value * 0.999) ?? 10;
  return step * power;
}
