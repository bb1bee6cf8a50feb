import {
  ackInputSchema,
  configInputSchema,
  helloInputSchema,
  joinInputSchema,
  renewInputSchema,
  reportInputSchema,
  watchInputSchema,
} from '@tulle/mesh/agent-protocol';
import type { Join } from './join.ts';
import { agentProcedure, openProcedure, router } from './trpc.ts';

/** The agent protocol of packages/mesh/src/agent-protocol.ts. */
export function createAgentRouter({ join }: { join: Join }) {
  return router({
    agents: router({
      join: openProcedure.input(joinInputSchema).mutation(({ ctx, input }) => join(input, ctx.remoteAddress)),
      hello: agentProcedure.input(helloInputSchema).mutation(({ ctx, input }) => ctx.connection.hello(input)),
      renew: agentProcedure
        .input(renewInputSchema)
        .mutation(({ ctx, input }) => ctx.connection.renew(input.csrPem)),
      config: agentProcedure.input(configInputSchema).subscription(async function* ({ ctx, input, signal }) {
        if (signal) yield* ctx.connection.session().messages(input, signal);
      }),
      watch: agentProcedure
        .input(watchInputSchema)
        .mutation(({ ctx, input }) => ctx.connection.session().watch(input.services)),
      ack: agentProcedure
        .input(ackInputSchema)
        .mutation(({ ctx, input }) => ctx.connection.session().acknowledge(input)),
      report: agentProcedure
        .input(reportInputSchema)
        .mutation(({ ctx, input }) => ctx.connection.report(input)),
    }),
  });
}

export type AgentRouter = ReturnType<typeof createAgentRouter>;
