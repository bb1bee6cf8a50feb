import type { Roles } from './roles';

/** A small padlock on a disc, 16 px across. */
export function paintLock(
  context: CanvasRenderingContext2D,
  x: number,
  y: number,
  lock: 'open' | 'closed',
  roles: Roles,
): void {
  const colour = lock === 'open' ? roles.warn : roles.ok;
  context.save();
  context.translate(x, y);
  context.beginPath();
  context.arc(0, 0, 9, 0, 2 * Math.PI);
  context.fillStyle = roles.surface;
  context.fill();
  context.lineWidth = 1;
  context.strokeStyle = colour;
  context.stroke();
  context.beginPath();
  context.roundRect(-4, -1, 8, 6, 1.2);
  context.fillStyle = colour;
  context.fill();
  context.lineWidth = 1.4;
  context.beginPath();
  // The shackle of an open lock stands beside the body.
  const centre = lock === 'open' ? 2.6 : 0;
  context.arc(centre, -2, 2.6, Math.PI, lock === 'open' ? Math.PI * 1.9 : 2 * Math.PI);
  context.moveTo(centre - 2.6, -2);
  context.lineTo(centre - 2.6, -0.5);
  if (lock === 'closed') {
    context.moveTo(centre + 2.6, -2);
    context.lineTo(centre + 2.6, -0.5);
  }
  context.stroke();
  context.restore();
}
