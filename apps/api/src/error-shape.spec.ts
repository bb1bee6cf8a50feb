import { initTRPC, TRPCError } from '@trpc/server';
import { getErrorShape } from '@trpc/server/unstable-core-do-not-import';
import { MeshError } from '@tulle/mesh/errors';
import { weightsSchema } from '@tulle/mesh/traffic-split';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { asTrpcError, errorShape } from './error-shape.ts';

const t = initTRPC.create({ errorFormatter: errorShape });
const router = t.router({
  split: t.procedure.input(z.object({ weights: weightsSchema })).query(() => null),
  stale: t.procedure.query(() => {
    throw asTrpcError(new MeshError('stale_revision', 'Ada changed it.', { details: { revision: 4 } }));
  }),
  long: t.procedure.query(() => {
    throw new TRPCError({ code: 'PAYLOAD_TOO_LARGE' });
  }),
  broken: t.procedure.query(() => {
    throw new Error('password=hunter2');
  }),
});

async function failureOf(path: keyof typeof router & string, input?: unknown) {
  const caller = t.createCallerFactory(router)({});
  const call: (input?: unknown) => Promise<unknown> = Reflect.get(caller, path);
  const error = await call(input).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof TRPCError)) throw new Error('it did not fail');
  return getErrorShape({ config: router._def._config, error, type: 'query', path, input, ctx: {} });
}

test('a refused input is a sentence, with the place of every mistake', async () => {
  const shape = await failureOf('split', { weights: [{ version: 'v1', weight: -1 }] });
  expect(shape.message).toContain('weights.0.weight: a weight is at least 0');
  expect(shape.data.mesh.code).toBe('bad_request');
  expect(shape.data.mesh.issues).toContainEqual({
    path: ['weights', 0, 'weight'],
    message: 'a weight is at least 0',
  });
});

test("the mesh's own failures keep their code and details", async () => {
  const { data, message } = await failureOf('stale');
  expect(message).toBe('Ada changed it.');
  expect(data).toMatchObject({ httpStatus: 409, mesh: { code: 'stale_revision', details: { revision: 4 } } });
});

test('a body that was not read is said to be too long', async () => {
  expect(await failureOf('long')).toMatchObject({
    message: 'That is longer than 2 MB; send it in parts.',
    data: { httpStatus: 413, mesh: { code: 'too_large' } },
  });
});

test('an unexpected failure says nothing of our inside', async () => {
  expect(JSON.stringify(await failureOf('broken'))).not.toContain('hunter2');
});
