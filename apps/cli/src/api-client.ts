import { createTRPCClient, httpLink, type TRPCClient, TRPCClientError } from '@trpc/client';
import type { AppRouter } from '@tulle/api/router-types';
import { type Access, type AccessFlags, findAccess } from './access.ts';
import { CommandFailure } from './failure.ts';

export type ApiClient = TRPCClient<AppRouter>;

export function connectApi({ url, token }: Pick<Access, 'url' | 'token'>): ApiClient {
  return createTRPCClient<AppRouter>({
    links: [
      httpLink({
        url: `${url.replace(/\/$/, '')}/trpc`,
        headers: { authorization: `Bearer ${token}` },
        fetch: async (input, init) => understood(await fetch(input, init as RequestInit), url),
      }),
    ],
  });
}

/** Whoever answers anything but JSON is no API: a proxy, another program, or the server's guard, in plain text. */
async function understood(response: Response, url: string): Promise<Response> {
  const type = response.headers.get('content-type') ?? '';
  if (type.startsWith('application/json')) return response;
  const words = type.startsWith('text/plain') ? (await response.text()).trim().split('\n', 1)[0] : '';
  throw new CommandFailure(
    words
      ? `${url} answers: ${words.slice(0, 300)}`
      : `What answers at ${url} is not a Tulle server; check the address.`,
  );
}

/** Runs a command against the server; what the server refuses becomes its sentence, with what is wrong where. */
export async function withApi(flags: AccessFlags, work: (api: ApiClient) => Promise<void>): Promise<void> {
  const access = findAccess(flags, process.env);
  try {
    await work(connectApi(access));
  } catch (error) {
    throw error instanceof TRPCClientError ? failureOf(error, access) : error;
  }
}

function failureOf(error: TRPCClientError<AppRouter>, { url, tokenFrom }: Access): CommandFailure {
  if (error.data == null) return new CommandFailure(noAnswer(error, url));
  const { code, mesh } = error.data;
  if (code === 'UNAUTHORIZED')
    return new CommandFailure(
      `The server at ${url} does not accept the token of ${tokenFrom}: it has expired, was revoked, or is another server's. Make one under Settings, or take the one in operator.json in the server's data directory.`,
    );
  // The words of tRPC for a procedure that the server does not have.
  if (code === 'NOT_FOUND' && /procedure (found )?on path/.test(error.message))
    return new CommandFailure(
      `The server at ${url} is of another version than this command and does not know what it asks; update the older one.`,
    );
  // The message is the first issue, or all of them when the input itself was refused.
  const further = mesh.code === 'bad_request' ? [] : mesh.issues.slice(1);
  return new CommandFailure([error.message, ...further.map(({ message }) => message)].join('\n'));
}

function noAnswer(error: Error, url: string): string {
  const cause = rootCause(error);
  if (cause instanceof CommandFailure) return cause.message;
  if ('code' in cause && /^ERR_SSL/.test(String(cause.code)))
    return `The server at ${url} does not speak TLS as https:// asks; try http://.`;
  return `No server answers at ${url} (${cause.message}); is it running?`;
}

function rootCause(error: Error): Error {
  const { cause } = error;
  if (cause instanceof AggregateError && cause.errors[0] instanceof Error) return cause.errors[0];
  return cause instanceof Error ? rootCause(cause) : error;
}
