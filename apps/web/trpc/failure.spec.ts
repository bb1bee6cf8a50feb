import { TRPCClientError } from '@trpc/client';
import { expect, test } from 'vitest';
import { failureOf, isMissing, isOurFault } from './failure.ts';

const answered = (data: object) =>
  TRPCClientError.from({ error: { message: 'It broke.', code: -32603, data } });

test('says what the API says', () => {
  const mesh = { code: 'stale_revision', issues: [], details: { revision: 4 } };
  const failure = failureOf(answered({ code: 'CONFLICT', httpStatus: 409, mesh }));
  expect(failure).toEqual({ message: 'It broke.', status: 409, ...mesh });
  expect(isOurFault(failure)).toBe(false);
  expect(isMissing(failure)).toBe(false);
  expect(isMissing(failureOf(answered({ code: 'NOT_FOUND', httpStatus: 404, mesh })))).toBe(true);
});

test('what answers in place of the API, or nobody, is no reason to break', () => {
  const other = failureOf(answered({ code: 'INTERNAL_SERVER_ERROR', httpStatus: 502 }));
  expect(other).toMatchObject({ code: 'internal', message: 'It broke.', status: 502, issues: [] });
  expect(isOurFault(other)).toBe(true);
  expect(failureOf(new Error('fetch failed'))).toMatchObject({ code: 'unreachable', status: undefined });
});
