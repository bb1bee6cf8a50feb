import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import { failureOf, isOurFault } from './failure';

export interface QueryClientOptions {
  readonly onSuccess?: () => void;
  readonly onFailure?: (error: Error) => void;
}

export function createQueryClient({ onSuccess, onFailure }: QueryClientOptions = {}): QueryClient {
  return new QueryClient({
    queryCache: new QueryCache({
      onSuccess: () => onSuccess?.(),
      onError: (error) => onFailure?.(error),
    }),
    mutationCache: new MutationCache({ onError: (error) => onFailure?.(error) }),
    defaultOptions: {
      queries: {
        // Events say what changed; data the server has just rendered need not be fetched again.
        staleTime: 5_000,
        retry: (count, error) => count < 2 && isOurFault(failureOf(error)),
        refetchOnWindowFocus: true,
      },
    },
  });
}
