import type pg from 'pg';

/** The minutes before it are rolled up and closed. */
export async function startWatermark(pool: pg.Pool, at: number): Promise<void> {
  await pool.query('INSERT INTO telemetry_watermark (at) VALUES ($1) ON CONFLICT DO NOTHING', [new Date(at)]);
}

/** Keeps minutes from being closed until the end of the transaction. */
export function shareWatermark(client: pg.ClientBase): Promise<number> {
  return read(client, 'FOR SHARE');
}

/** Waits for those who share it, and keeps them out until the end of the transaction. */
export function ownWatermark(client: pg.ClientBase): Promise<number> {
  return read(client, 'FOR UPDATE');
}

export function readWatermark(client: pg.ClientBase | pg.Pool): Promise<number> {
  return read(client, '');
}

export async function moveWatermark(client: pg.ClientBase, at: number): Promise<void> {
  await client.query('UPDATE telemetry_watermark SET at = $1', [new Date(at)]);
}

async function read(client: pg.ClientBase | pg.Pool, lock: '' | 'FOR SHARE' | 'FOR UPDATE'): Promise<number> {
  const { rows } = await client.query<{ at: Date }>(`SELECT at FROM telemetry_watermark ${lock}`);
  return rows[0]?.at.getTime() ?? 0;
}
