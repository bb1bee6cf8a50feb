import { createTRPCContext } from '@trpc/tanstack-react-query';
import type { AppRouter } from '@tulle/api/router-types';

export type { AppRouter, RouterInputs, RouterOutputs } from '@tulle/api/router-types';

export const { TRPCProvider, useTRPC, useTRPCClient } = createTRPCContext<AppRouter>();
